using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Cli.Checking;
using Assay.Cli.Outputs;
using Assay.Data.Checking;
using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Ground.Files;
using Assay.Hub;
using Assay.Models;
using Assay.Report;
using Assay.Reward;
using Assay.Reward.Training.Settings;
using Assay.Text.Tokenization;

namespace Assay.Cli.Commands;

/// <summary>
/// <c>assay check</c>: puts every row of some files to the pair contract and writes what is fit, what wants a look and what is set aside,
/// with the reasons.
/// </summary>
internal static class CheckCommand
{
    private const string Examples = """
          assay check --data pairs.jsonl --output-dir checked
          assay check --data pairs.jsonl.gz more.parquet --model DIR --max-length 2048 --output-dir checked --json
          assay check --data downloads/ultrafeedback --output-dir checked
          assay check --data 'shards/part-*.jsonl.zst' --output-dir checked
          curl -sL URL | assay check --data - --output-dir checked
          assay check --data votes.csv --format votes --min-agreement 0.75 --output-dir checked
          assay check --data news.jsonl --map prompt=article --ignore editor --output-dir checked
        """;

    public static Command Create()
    {
        var data = new DataOption("Preference rows:");
        var output = new Option<string>("--output-dir")
        {
            Description = "Folder for kept.jsonl, review.jsonl, quarantine.jsonl, report.json and report.html.",
            Required = true,
            HelpName = "DIR",
        };
        var model = new ModelOption(
            "Checkpoint folder (or GGUF file beside its tokenizer): its tokenizer counts tokens and tells sides that are the same token ids.",
            parts: ModelParts.Text
        );
        var template = new Option<string?>("--chat-template")
        {
            Description = "Jinja file, plain, or the name of one of the model's templates, instead of the model's own.",
            HelpName = "FILE_OR_NAME",
        };
        var maxLength = new Option<string?>("--max-length")
        {
            Description =
                $"Most tokens a side may have, or null for no such limit; what the model has positions for always counts. Longer pairs are set aside, never truncated. Needs --model. [default: {DefaultMaxLength}, as in train]",
            HelpName = "N",
        };
        var split = new Option<bool?>("--split-special-tokens")
        {
            Description = "As in train: read special tokens that a turn spells out as plain text. Needs --model. [default: true]",
            HelpName = "true|false",
        };
        var format = new FormatOption();
        var minAgreement = new Option<double>("--min-agreement")
        {
            Description = "Least share of a row's votes that must be for chosen, 0 to 1; below it a row is for review.",
            DefaultValueFactory = _ => new ContractOptions().MinAgreement,
            HelpName = "SHARE",
        };
        var maxErrors = new MaxErrorsOption();
        var json = new Option<bool>("--json") { Description = "Print the report as JSON instead of tables." };
        var command = new Command("check", "Check preference pairs before training: what is kept, what is set aside, and why.")
        {
            data,
            output,
            model,
            model.Revision,
            template,
            maxLength,
            split,
            format,
            minAgreement,
            maxErrors,
            json,
        };
        var overwrite = new OverwriteOption(command);
        var fields = new FieldOptions(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                if (parsed.GetValue(minAgreement) is < 0 or > 1 or double.NaN)
                    throw new UsageException("--min-agreement is a share: from 0 to 1");
                var path = model.Given(parsed);
                if (path is null && parsed.GetValue(maxLength) is not null)
                    throw new UsageException("--max-length counts tokens and needs --model DIR to know them");
                if (path is null && parsed.GetValue(split) is not null)
                    throw new UsageException("--split-special-tokens is about a model's tokens and needs --model DIR");
                using var claim = OutputClaim.WholeFolder(
                    "check",
                    parsed.GetRequiredValue(output),
                    [.. data.Files(parsed), path is null ? null : ModelFolder.Of(path), parsed.GetValue(template)],
                    overwrite.Read(parsed)
                );
                path = model.Read(parsed);
                var (encoder, checkedModel) = path is null
                    ? default
                    : Encoder(
                        path,
                        parsed.GetValue(template),
                        Limit(parsed.GetValue(maxLength)),
                        parsed.GetValue(split) ?? TrainingDefaults.SplitSpecialTokens
                    );
                var options = new CheckOptions
                {
                    Files = data.Files(parsed),
                    OutputDirectory = parsed.GetValue(output),
                    Contract = new ContractOptions
                    {
                        MinAgreement = parsed.GetValue(minAgreement),
                        Encode = encoder is null ? null : encoder.Encode,
                    },
                    Model = checkedModel,
                    Reading = new PairReaderOptions
                    {
                        Format = format.Read(parsed),
                        MaxErrors = maxErrors.Read(parsed),
                        Fields = fields.Read(parsed),
                    },
                };
                return Task.FromResult(Run(options, parsed.GetValue(json) ? Shape.Json : Shape.Tables, cancellation));
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    /// <summary>What train does when nothing is said, so that a row that is kept here is trained on there.</summary>
    private static readonly TrainingSettings TrainingDefaults = new();

    private static int DefaultMaxLength => TrainingDefaults.MaxLength!.Value;

    private static int? Limit(string? given) =>
        given switch
        {
            null => DefaultMaxLength,
            "null" or "none" => null,
            _ => int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
                ? limit
                : throw new UsageException($"--max-length is '{given}'; wanted a count of tokens, 1 or more, or null"),
        };

    /// <summary>The model's way from text to ids, within the bounds that training with it has; its weights are not read.</summary>
    private static (BoundedEncoder, CheckedModel) Encoder(string path, string? template, int? maxLength, bool splitSpecialTokens)
    {
        var bounds = ModelBounds.Read(path);
        var encoder = ConversationEncoder.Load(
            ModelFolder.Of(path),
            template,
            splitSpecialTokens ? SpecialTokenText.Plain : SpecialTokenText.Recognize
        );
        var bounded = new BoundedEncoder(encoder, bounds, maxLength);
        if (bounded.Warning() is { } warning)
            Terminal.Note($"assay: {path}: {warning}");
        if (bounds.LongestSequence is { } longest && longest < (maxLength ?? int.MaxValue))
            Terminal.Note(
                $"assay: {path} has positions for {longest} tokens: pairs with a longer side are set aside{(maxLength is { } asked ? $", though --max-length is {asked}" : "")}; train sets them aside too"
            );
        return (
            bounded,
            new CheckedModel(
                path,
                encoder.Fingerprint,
                encoder.Rules.TemplateSource,
                encoder.Rules.TypedTokens == SpecialTokenText.Plain,
                bounds.VocabularySize,
                maxLength,
                bounds.LongestSequence,
                bounded.Longest == int.MaxValue ? null : bounded.Longest
            )
        );
    }

    private enum Shape
    {
        Tables,
        Json,
    }

    private static int Run(CheckOptions options, Shape shape, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        CheckReport report;
        try
        {
            report = DataChecker.Run(
                options with
                {
                    Progress = progress =>
                        Terminal.Live(Terminal.Pace(progress.RowCount, progress.BytesRead, progress.BytesTotal, clock.Elapsed)),
                },
                cancellation
            );
        }
        finally
        {
            Terminal.EndLive();
        }
        OutputFile.WriteAllText(Path.Combine(options.OutputDirectory!, "report.html"), CheckPage.Render(report));
        if (shape == Shape.Json)
            Terminal.PrintJson(JsonNode.Parse(report.ToJson())!);
        else
            Print(report, options.OutputDirectory!);
        // Exit code 2 has to say where: three places of each kind, the rest stands in quarantine.jsonl.
        foreach (var example in report.Examples.Where(example => Reasons.All.First(entry => entry.Code == example.Code).Reason.IsError()))
            Terminal.Error($"assay: {example.File}:{example.Line}:{Math.Max(1, example.Column)}: {example.Code}: {example.Detail}");
        CheckedFile[] empty = [.. report.Files.Where(file => file.RowCount == 0)];
        foreach (var file in empty)
            Terminal.Error($"assay: {file.Path}:1:1: the file has no rows; was it written to the end?");
        if (report.ErrorCount > 0 || empty.Length > 0)
            return ExitCode.BadInput;
        if (report.KeptCount > 0)
            return ExitCode.Success;
        Terminal.Error(
            $"assay: no row was kept: {string.Join(", ", report.Reasons.Select(reason => $"{reason.Code} {reason.Count}"))}; they are in review.jsonl and quarantine.jsonl of {options.OutputDirectory}, each with its reasons"
        );
        return ExitCode.CheckFailed;
    }

    private static void Print(CheckReport report, string folder)
    {
        var lines = Console.Out;
        foreach (var file in report.Files)
            lines.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{file.Path}: {file.Container}, format {file.RowFormat}, {file.RowCount:N0} rows"
                )
            );
        foreach (var rule in report.Files.Select(file => $"  {file.RowFormat}: {file.Rule}").Distinct())
            lines.WriteLine(rule);
        if (report.Settings.Model is { } model)
            lines.WriteLine(
                $"tokens of {model.Path}, at most {(model.Limit is { } limit ? limit.ToString("N0", CultureInfo.InvariantCulture) : "any number")} a side"
            );
        lines.WriteLine();
        if (report.Reasons.Count > 0)
        {
            ResultTable reasons = new("reason", "?goes to", "#rows");
            foreach (var reason in report.Reasons)
                reasons.Add(reason.Code, reason.Status, Number(reason.Count));
            Terminal.Print(reasons);
        }
        ResultTable sources = new("source", "#kept", "#review", "#quarantine", "#chosen longer");
        const int MostSources = 20;
        foreach (
            var source in report.Sources.OrderByDescending(source => source.Kept + source.Review + source.Quarantine).Take(MostSources)
        )
            sources.Add(
                source.Source,
                Number(source.Kept),
                Number(source.Review),
                Number(source.Quarantine),
                source.ChosenLonger is { } longer ? Terminal.Share(longer) : "-"
            );
        Terminal.Print(sources);
        if (report.Sources.Count > MostSources)
            lines.WriteLine($"and {report.Sources.Count - MostSources} more sources, see report.json");
        if (report.Votes is { } votes)
            lines.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"votes: {votes.VoteCount:N0} on {votes.RowCount:N0} rows, {votes.UnanimousCount:N0} unanimous, mean chosen share {votes.MeanChosenShare:0.0000}"
                )
            );
        if (report.Agreement is { } agreement)
            AgreementTable.Print(agreement, report.Annotators);
        if (report.Baselines is { } baselines)
            lines.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"without understanding: length alone {baselines.LengthOnly.Value:0.0000}, words alone {baselines.BagOfWords.Value:0.0000} ({baselines.PairCount:N0} pairs, {baselines.FoldCount} folds)"
                )
            );
        foreach (var warning in report.Warnings)
            lines.WriteLine("! " + warning);
        lines.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.ItemCount:N0} = {report.KeptCount:N0} kept + {report.ReviewCount:N0} review + {report.QuarantineCount:N0} quarantine, in {folder}"
            )
        );
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
