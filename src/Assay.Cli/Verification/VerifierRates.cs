using Assay.Evaluation.Evidence;
using Assay.Ground.Numerics;
using Assay.Verifiers;

namespace Assay.Cli.Verification;

/// <summary>How often a verifier says what, how often it errs where people judged too, and how many attacks get past it.</summary>
internal sealed class VerifierRates
{
    private readonly Dictionary<Verdict, long> _verdicts = Enum.GetValues<Verdict>().ToDictionary(verdict => verdict, _ => 0L);
    private readonly Dictionary<string, long> _accepted = [];
    private long _right,
        _rightRefused,
        _wrong,
        _wrongAccepted,
        _attacked;

    public string Format { get; } = VerifierEvidence.Kind;

    /// <summary>The rule, by the name of <c>--using</c>.</summary>
    public required string Verifier { get; init; }

    /// <summary>The file that was judged.</summary>
    public required EvidenceInput Input { get; init; }

    public long Rows => _verdicts.Values.Sum();

    /// <summary>Rows by verdict.</summary>
    public IReadOnlyDictionary<Verdict, long> Verdicts => _verdicts;

    /// <summary>Share of wrong answers that it accepts; null without a labelled one.</summary>
    public VerifierEvidence.ErrorRate? FalsePositive => Share(_wrongAccepted, _wrong);

    /// <summary>Share of right answers that it does not accept; null without a labelled one.</summary>
    public VerifierEvidence.ErrorRate? FalseNegative => Share(_rightRefused, _right);

    /// <summary>Share of references for which an attack was accepted, by attack; null where none was made.</summary>
    public IReadOnlyDictionary<string, double>? Attacks =>
        _attacked == 0 ? null : _accepted.ToDictionary(attack => attack.Key, attack => attack.Value / (double)_attacked);

    /// <summary>References that attacks were made from.</summary>
    public long Attacked => _attacked;

    /// <summary>Counts a row.</summary>
    public void Add(VerifiedRow row)
    {
        _verdicts[row.Found.Verdict]++;
        var accepted = row.Found.Verdict == Verdict.Correct;
        if (row.Label is true)
            (_right, _rightRefused) = (_right + 1, _rightRefused + (accepted ? 0 : 1));
        if (row.Label is false)
            (_wrong, _wrongAccepted) = (_wrong + 1, _wrongAccepted + (accepted ? 1 : 0));
    }

    /// <summary>Makes every attack on a row's reference.</summary>
    public void Attack(IVerifier verifier, string reference)
    {
        _attacked++;
        foreach (var attack in Verifiers.Attack.Against(verifier.Needs))
            _accepted[attack.Name] =
                _accepted.GetValueOrDefault(attack.Name)
                + (verifier.Verify(attack.On(reference), reference).Verdict == Verdict.Correct ? 1 : 0);
    }

    private static VerifierEvidence.ErrorRate? Share(long errors, long rows) =>
        rows == 0 ? null : new(errors, rows, errors / (double)rows, ProportionInterval.Wilson(errors, rows));
}
