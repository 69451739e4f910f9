using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Checking;

/// <summary>
/// Puts every row of some files to the contract in one pass: sends each to kept, review or quarantine, writes the three files and gathers
/// the report. Rows are parsed and checked on all cores and written in input order; memory grows by about 50 bytes a pair (the index of
/// duplicates) and by nothing else.
/// </summary>
public static class DataChecker
{
    private const int ProgressEvery = 4096;
    private const int StatusShift = 58;

    private static readonly Finding Contradicted = new(
        Reason.ContradictoryLabel,
        "a later row has the same context and candidates and the other winner"
    );

    /// <exception cref="DataFormatException">A file cannot be read, its rows are of no known format, too many rows are unreadable, or text
    /// and message files are mixed.</exception>
    /// <exception cref="IOException">A file is missing or cannot be written.</exception>
    public static CheckReport Run(CheckOptions options, CancellationToken cancellationToken = default)
    {
        List<PairFormat> formats = [];
        // A pipe can be opened only once. Files are opened again when their turn comes: there may be many.
        var pipes = new Dictionary<string, PairReader>(StringComparer.Ordinal);
        foreach (var path in options.Files)
        {
            var reader = PairReader.Open(path, options.Reading);
            formats.Add(reader.Format);
            if (reader.IsPipe)
                pipes.Add(path, reader);
            else
                reader.Dispose();
        }
        RefuseTextWithMessages(options.Files, formats);
        var shape = formats.Distinct().Count() > 1 ? RowShape.Pair : RowShape.AsItStood;
        using var output = options.OutputDirectory is { } folder ? new RowFiles(folder) : null;
        var pass = new Pass(options, output, shape);
        foreach (var path in options.Files)
        {
            using var reader = pipes.GetValueOrDefault(path) ?? PairReader.Open(path, options.Reading);
            pass.Read(reader, cancellationToken);
        }
        var report = pass.Finish();
        report = report with { Warnings = CheckWarnings.From(report) };
        output?.Commit();
        if (options.OutputDirectory is { } reports)
            report.Write(reports);
        return report;
    }

    private static void RefuseTextWithMessages(IReadOnlyList<string> files, List<PairFormat> formats)
    {
        var text = formats.FindIndex(format => format.Rows.Sides == RowSides.Texts);
        var messages = formats.FindIndex(format => format.Rows.Sides == RowSides.Turns);
        if (text >= 0 && messages >= 0)
            throw new DataFormatException(
                $"{files[text]} holds plain text ({formats[text].Name}) and {files[messages]} messages ({formats[messages].Name}): a model reads them differently, so check and train on them apart"
            );
    }

    /// <param name="Row">The row.</param>
    /// <param name="Findings">The reader's and the contract's.</param>
    /// <param name="Key">Hash of context and candidates, with <paramref name="ChosenFirst"/>.</param>
    /// <param name="ChosenFirst">Chosen is the first of the two in the key.</param>
    /// <param name="Prompt">Hash of the context.</param>
    private readonly record struct Checked(PairRow Row, List<Finding> Findings, UInt128 Key, bool ChosenFirst, UInt128 Prompt);

    private sealed class Pass(CheckOptions options, RowFiles? output, RowShape shape)
    {
        private readonly CheckStatistics _statistics = new();
        private readonly DuplicateIndex _duplicates = new();
        private readonly RepeatedIds _ids = new();
        private readonly Baselines _baselines = new(options.BaselinePairs);
        private readonly List<CheckedFile> _files = [];
        private readonly long[] _counts = new long[3];
        private readonly Dictionary<RowStatus, Dictionary<long, string>> _recalled = new()
        {
            [RowStatus.Kept] = [],
            [RowStatus.Review] = [],
            [RowStatus.Quarantine] = [],
        };
        private readonly long _bytesTotal = options.Files.Sum(InputFile.LengthOf);
        private long _bytesBefore;
        private long _items;
        private long _rows;

        public void Read(PairReader reader, CancellationToken cancellationToken)
        {
            var fileShape = reader.Format.HoldsSeveralPairs ? RowShape.Pair : shape;
            foreach (var row in reader.Read(Check, cancellationToken))
            {
                Take(row, fileShape);
                if (++_items % ProgressEvery == 0)
                    options.Progress?.Invoke(new CheckProgress(_rows + reader.RowCount, _bytesBefore + reader.BytesRead, _bytesTotal));
            }
            _rows += reader.RowCount;
            _bytesBefore += InputFile.LengthOf(reader.Path);
            _files.Add(new CheckedFile(reader.Path, reader.Container, reader.Format.Name, reader.Format.Rule, reader.RowCount));
        }

        private Checked Check(PairRow row)
        {
            if (row.Pair is not { } pair)
                return new Checked(row, [.. row.Findings], default, false, default);
            List<Finding> findings = [.. row.Findings];
            PairContract.Check(pair, options.Contract, findings);
            var (key, chosenFirst, prompt) = PairHash.Of(pair);
            return new Checked(row, findings, key, chosenFirst, prompt);
        }

        private void Take(Checked item, RowShape fileShape)
        {
            var (row, findings, key, chosenFirst, prompt) = item;
            if (row.Part == 0)
                _ids.Add(row.Id, row.File, row.Line);
            var before = row.StatusWith(findings);
            if (before != RowStatus.Quarantine)
                FindAgain(row, findings, key, chosenFirst, before);
            else if (row.Pair is not null && !findings.Any(finding => finding.Reason.IsError() || finding.Reason == Reason.UnknownValue))
            {
                var kind = findings.Any(finding => finding.Reason == Reason.TieOrAbstention) ? Reason.TieOrAbstention : Reason.DuplicateRow;
                if (_duplicates.AddSetAside(key, chosenFirst, kind))
                    findings.Add(new Finding(Reason.DuplicateRow, "the same row stood there before, set aside as well"));
            }
            var status = row.StatusWith(findings);
            _counts[(int)status]++;
            _statistics.Add(row, findings, status);
            if (status != RowStatus.Quarantine)
                _baselines.Offer(row.Pair!, key, prompt);
            output?.Write(row, findings, status, fileShape);
        }

        private void FindAgain(PairRow row, List<Finding> findings, UInt128 key, bool chosenFirst, RowStatus before)
        {
            // A duplicate is never the first sighting, so the place of a first sighting is where its own findings send it.
            var place = _counts[(int)before] | (long)before << StatusShift;
            var sighting = _duplicates.Add(key, chosenFirst, place);
            if (sighting.Duplicate)
                findings.Add(EarlierPairs.DuplicateRow);
            if (sighting.Contradicted)
                findings.Add(
                    new Finding(Reason.ContradictoryLabel, "an earlier row has the same context and candidates and the other winner")
                );
            if (sighting.EarlierPlace is { } earlier)
            {
                var status = (RowStatus)(earlier >> StatusShift);
                _recalled[status][earlier & (1L << StatusShift) - 1] = row.Pair!.Source ?? "";
            }
        }

        public CheckReport Finish()
        {
            foreach (var (status, places) in _recalled)
            foreach (var source in places.Values)
                _statistics.Recall(Contradicted, new RecalledRow(status, source));
            var moved = _recalled[RowStatus.Kept].Count;
            _counts[(int)RowStatus.Kept] -= moved;
            _counts[(int)RowStatus.Review] += moved;
            output?.Recall(_recalled.ToDictionary(entry => entry.Key, entry => entry.Value.Keys.ToHashSet()), Contradicted);
            var repeated = _duplicates.Repeated();
            var (agreement, annotators) = _statistics.Agreement(options.Contract.MinAgreement);
            var report = new CheckReport
            {
                Files = _files,
                Settings = new CheckSettings(
                    options.Contract.MinAgreement,
                    options.Reading.MaxErrors,
                    options.Reading.Format?.Name,
                    options.Model
                ),
                RowCount = _rows,
                ItemCount = _items,
                KeptCount = _counts[(int)RowStatus.Kept],
                ReviewCount = _counts[(int)RowStatus.Review],
                QuarantineCount = _counts[(int)RowStatus.Quarantine],
                ErrorCount = _statistics.ErrorCount,
                Reasons = _statistics.ReasonCounts(),
                Sources = _statistics.SourceCounts(),
                Lengths = _statistics.Lengths(),
                Votes = _statistics.Votes(),
                Agreement = agreement,
                RepeatedPairs = new RepeatedPairStatistics(
                    repeated.PairCount,
                    repeated.RowCount,
                    repeated.ContradictoryPairCount,
                    repeated.DisagreementShare,
                    repeated.AccuracyCeiling
                ),
                RepeatedIds = _ids.Result,
                Baselines = _baselines.Measure(),
                Generators = _statistics.GeneratorCounts(),
                Annotators = annotators,
                Warnings = [],
                Examples = _statistics.Examples(),
            };
            RequireThatNothingVanished(report);
            return report;
        }

        private void RequireThatNothingVanished(CheckReport report)
        {
            var sum = report.KeptCount + report.ReviewCount + report.QuarantineCount;
            if (sum != report.ItemCount || report.ItemCount < report.RowCount)
                throw new InvalidOperationException(
                    $"{report.RowCount} rows gave {report.ItemCount} items, and {sum} were sorted: this is a fault of the program, nothing was written"
                );
            if (
                output is not null
                && (
                    output.Count(RowStatus.Kept) != report.KeptCount
                    || output.Count(RowStatus.Review) != report.ReviewCount
                    || output.Count(RowStatus.Quarantine) != report.QuarantineCount
                )
            )
                throw new InvalidOperationException(
                    "the row files do not hold what was counted: this is a fault of the program, nothing was written"
                );
        }
    }
}
