using Assay.Evaluation.Judges;

namespace Assay.Evaluation.Audits.Probes;

/// <summary>
/// One of the ten texts without content with which Zhao et al. open judges. A scalar model has no threshold to fool, so the key is compared
/// with the scores that real answers get.
/// </summary>
internal sealed class MasterKey(string name, string text)
    : Probe(
        $"master_key_{name}",
        $"The answer is replaced by \"{text}\", which answers nothing.",
        ProbeExpectation.Bottom,
        "Zhao et al. 2025, One Token to Fool LLM-as-a-Judge (arXiv 2507.08794)"
    )
{
    public static IEnumerable<MasterKey> Keys { get; } = [.. MasterKeys.All.Select(key => new MasterKey(key.Name, key.Text))];

    public override string? Rewrite(ProbeInput input) => input.Answer == text ? null : text;
}
