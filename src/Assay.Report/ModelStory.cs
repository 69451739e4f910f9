using Assay.Evaluation.Evidence;

namespace Assay.Report;

/// <summary>
/// What <see cref="ModelPage"/> tells: everything that is known of one model. What is missing is said to be missing on the page.
/// </summary>
public sealed record ModelStory
{
    public required EvidenceSet Evidence { get; init; }

    /// <summary>The model's folder; null when none was given.</summary>
    public required TrainingRecord? Training { get; init; }

    /// <summary>A linear probe's accuracy, shown beside the model's; null where none was named.</summary>
    public BaselineProbe? Probe { get; init; }

    /// <summary>
    /// What a reader has to know before believing the page, such as a folder that could not be proven to be the judged model's.
    /// </summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>
    /// A rewritten answer for each broken probe, by the probe's name; empty where the file of probed answers is not beside the evidence.
    /// </summary>
    public IReadOnlyDictionary<string, ProbeExample> ProbeExamples { get; init; } = new Dictionary<string, ProbeExample>();

    /// <summary>The program's version and the machine, as they are to be printed.</summary>
    public string MadeBy { get; init; } = "assay report";

    /// <summary>When the page was made, as it is to be printed.</summary>
    public required string Time { get; init; }
}
