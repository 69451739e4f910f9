using Assay.Data.Contract;

namespace Assay.Data.Reading;

/// <summary>
/// Counts rows by what they need and this program cannot give: images, or a context nobody read. Where that is most of a file, setting its
/// rows aside one by one would hide that the file as a whole is not understood: it is refused.
/// </summary>
internal sealed class FileRefusals
{
    private static readonly Reason[] Grounds = [Reason.NeedsImage, Reason.UnreadContext];

    private readonly long[] _counts = new long[Grounds.Length];
    private readonly (long Line, string Detail)?[] _first = new (long, string)?[Grounds.Length];

    public void Count(PairRow row)
    {
        for (var ground = 0; ground < Grounds.Length; ground++)
        {
            foreach (var finding in row.Findings)
            {
                if (finding.Reason != Grounds[ground])
                    continue;
                _counts[ground]++;
                _first[ground] ??= (row.Line, finding.Detail);
                break;
            }
        }
    }

    public void Add(FileRefusals other)
    {
        for (var ground = 0; ground < Grounds.Length; ground++)
        {
            _counts[ground] += other._counts[ground];
            _first[ground] ??= other._first[ground];
        }
    }

    /// <exception cref="DataFormatException">More than half of the rows are not understood.</exception>
    public void Demand(string path, long rowCount)
    {
        for (var ground = 0; ground < Grounds.Length; ground++)
        {
            if (_counts[ground] * 2 <= rowCount || _first[ground] is not { } first)
                continue;
            throw new DataFormatException(
                $"{path}:{first.Line}: {Grounds[ground].Code()}: {first.Detail}. So it is in {_counts[ground]:N0} of {rowCount:N0} rows, and the file is not read"
            );
        }
    }
}
