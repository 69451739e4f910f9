using System.Globalization;

namespace Assay.Evaluation.Advice;

/// <summary>What to do about one signal, and why.</summary>
/// <param name="Signal"><c>verifier</c>, <c>process</c>, <c>scalar</c>, <c>dpo</c>, <c>judge</c>; <c>data</c> for what is to be done before
/// any.</param>
/// <param name="Says"><c>use</c>, <c>beside</c>, <c>not</c>, or <c>first</c> of what comes before all.</param>
/// <param name="Text">The advice.</param>
/// <param name="Evidence">What it rests on here: a figure of the data, or what was asked for.</param>
/// <param name="Source">Where the rule is from.</param>
public sealed record AdviceSentence(string Signal, string Says, string Text, string Evidence, string Source);

/// <summary>Which signal to use.</summary>
public sealed record AdviceReport
{
    public const string Kind = "assay.advice/1";

    public string Format { get; } = Kind;

    public required AdviceFacts Facts { get; init; }

    public required AdviceNeeds Needs { get; init; }

    /// <summary>The signal to use; null when that cannot be told.</summary>
    public required string? Recommended { get; init; }

    public required IReadOnlyList<AdviceSentence> Sentences { get; init; }
}

/// <summary>
/// Rules of thumb, each with its source, over what data has and what is asked for. None of them measures anything: what was chosen is
/// judged by its own verb, and by <c>assay gate</c>.
/// </summary>
public static class Advisor
{
    /// <summary>Gao, Schulman and Hilton found no proxy of fewer comparisons to beat chance clearly.</summary>
    public const int LeastPairs = 2000;

    /// <summary>
    /// Below, labels hardly agree beyond chance (Krippendorff 2004 draws the line for tentative conclusions at 0.667; HH-like preferences
    /// lie near 0.3).
    /// </summary>
    private const double LeastAgreement = 0.2;

    private const int LeastSolutions = 500,
        LeastReferences = 100;

    /// <summary>Choosing by length alone this often right is a shortcut worth naming.</summary>
    private const double LengthShortcut = 0.6;

    /// <summary>A chat model takes longer than this for a verdict, in milliseconds.</summary>
    private const double JudgeLatency = 500;

    private const string Gao = "Gao, Schulman and Hilton 2023, arXiv 2210.10760",
        RewardBench2 = "RewardBench 2, arXiv 2506.01937, table 8";

    /// <summary>The advice.</summary>
    /// <exception cref="EvaluationException">The use is none of those there are, or the latency is no time.</exception>
    public static AdviceReport Of(AdviceFacts facts, AdviceNeeds needs)
    {
        if (needs.Use is not ("monitor" or "best-of-n" or "rl" or "policy"))
            throw new EvaluationException($"the use is {needs.Use}, wanted monitor, best-of-n, rl or policy");
        if (needs.MaxLatency is { } latency && !(latency > 0))
            throw new EvaluationException($"the latency is {latency}, wanted milliseconds above 0");
        var said = new List<AdviceSentence>();
        var isLabelNoise = Labels(facts, said);
        var verifier = Verifier(facts, needs, said);
        var process = Process(facts, needs, verifier, said);
        var scalar = Pairs(facts, needs, isLabelNoise, said);
        scalar = Ratings(facts, needs, scalar, said);
        var judge = Judge(facts, needs, said);
        Loop(needs, said);
        // A rule where one covers the task; steps where they were asked for; else what pairs allow; a judge for want of labels.
        var recommended =
            needs.PerStep && process ? "process"
            : needs.PerStep ? null
            : verifier ? "verifier"
            : scalar
                ?? (
                    process && facts.Pairs == 0 ? "process"
                    : judge ? "judge"
                    : null
                );
        return new AdviceReport
        {
            Facts = facts,
            Needs = needs,
            Recommended = recommended,
            Sentences =
            [
                .. said.Select(sentence =>
                    sentence.Says == "use" && sentence.Signal != recommended ? sentence with { Says = "beside" } : sentence
                ),
            ],
        };
    }

    private static bool Labels(AdviceFacts facts, List<AdviceSentence> said)
    {
        if (facts.SetAside > facts.Pairs && facts.SetAside > 0 && facts.Pairs > 0)
            said.Add(
                new(
                    "data",
                    "first",
                    "Look at the rows that were set aside before anything is trained: assay check says why.",
                    $"{facts.SetAside} rows set aside, {facts.Pairs} usable",
                    "the contract, docs/contract.md"
                )
            );
        if (facts.LengthOnly >= LengthShortcut)
            said.Add(
                new(
                    "data",
                    "first",
                    "Balance the pairs by length, or train with length_controlled or odin: a model learns the shortcut.",
                    Text(
                        $"length alone gets {facts.LengthOnly:0.00} of the pairs, the preferred answer is longer in {facts.ChosenLonger:0.00}"
                    ),
                    "ODIN, arXiv 2402.07319: correlation with length from 0.45 to −0.03 at one point of accuracy"
                )
            );
        if (facts.Agreement is not { } alpha)
            return false;
        var isNoise = (facts.AgreementInterval?.High ?? alpha) < LeastAgreement;
        said.Add(
            new(
                "data",
                isNoise ? "not" : "first",
                isNoise
                    ? "Mend the labelling before a signal is trained on it: people hardly agree."
                    : "Accuracy above what people reach among themselves is not to be expected: take their agreement as the ceiling.",
                Text($"Krippendorff's alpha {alpha:0.00} over {facts.VotedRows} rows with votes"),
                "Secrets of RLHF II, arXiv 2401.06080: annotators agree in 63 % (HH) to 73 % (summaries)"
            )
        );
        return isNoise;
    }

    private static bool Verifier(AdviceFacts facts, AdviceNeeds needs, List<AdviceSentence> said)
    {
        const string Source = "outcome verifiers did as well as process rewards over 14 domains, arXiv 2510.00492";
        if (facts.References < LeastReferences && !needs.Verifiable)
            return false;
        if (needs.Use == "policy" && !needs.Verifiable)
            return false;
        if (facts.FalsePositives > 0.05)
        {
            said.Add(
                new(
                    "verifier",
                    "not",
                    "The rule for final answers accepts too many wrong ones here: write one for your answers, or judge with people first.",
                    Text($"{facts.FalsePositives:0.000} of the wrong answers among {facts.LabelledAnswers} labelled ones are accepted"),
                    "what is accepted wrongly is what a policy finds: assay gate --use verifier"
                )
            );
            return false;
        }
        var labelled = facts.FalseNegatives is { } missed
            ? Text(
                $"; of {facts.LabelledAnswers} labelled ones the rule accepts {facts.FalsePositives ?? 0:0.000} of the wrong and misses {missed:0.000} of the right"
            )
            : "";
        var evidence =
            facts.References >= LeastReferences
                ? $"{facts.References} answers have a reference{labelled}"
                : "right answers can be told by a rule, as was said (--verifiable)";
        said.Add(
            new(
                "verifier",
                "use",
                "Let a rule say which answers are right: it costs nothing and has no style to please. Attack it first (assay verify --attack).",
                evidence,
                Source
            )
        );
        return true;
    }

    private static bool Process(AdviceFacts facts, AdviceNeeds needs, bool hasRule, List<AdviceSentence> said)
    {
        const string Source =
            "Let's Verify Step by Step, arXiv 2305.20050; labels by rollouts are weaker and best-of-n flatters them, arXiv 2501.07301";
        if (facts.Solutions == 0)
        {
            if (needs.PerStep)
                said.Add(
                    new(
                        "process",
                        "not",
                        "Credit for steps wants solutions with labelled steps, and there are none: label some up to their first error.",
                        "no row has labelled steps",
                        Source
                    )
                );
            return false;
        }
        var evidence = Text($"{facts.Steps} labelled steps of {facts.Solutions} solutions, {facts.RightSteps:0.00} of them right");
        if (facts.Solutions < LeastSolutions)
        {
            said.Add(
                new(
                    "process",
                    "not",
                    $"Too few solutions to train on and to judge by: {LeastSolutions} are little enough.",
                    evidence,
                    Source
                )
            );
            return false;
        }
        said.Add(
            needs.PerStep
                ? new(
                    "process",
                    "use",
                    "Train a process reward model (assay process train) and judge it by first errors, not by accuracy of steps.",
                    evidence,
                    Source
                )
            : hasRule
                ? new(
                    "process",
                    "beside",
                    "Steps are labelled, but no credit for steps was asked for, and a rule covers final answers: keep them to see where solutions go wrong.",
                    evidence,
                    "arXiv 2510.00492"
                )
            : new(
                "process",
                "use",
                "Train a process reward model (assay process train): it ranks whole solutions too (assay process score --aggregate).",
                evidence,
                Source
            )
        );
        return true;
    }

    /// <summary>Ratings are a scalar model's too, where pairs are not enough for one.</summary>
    private static string? Ratings(AdviceFacts facts, AdviceNeeds needs, string? byPairs, List<AdviceSentence> said)
    {
        if (facts.RatedAnswers == 0)
            return byPairs;
        const string Source =
            "HelpSteer2, arXiv 2406.08673; on the same answers regression and Bradley-Terry come out alike, arXiv 2410.01257";
        var evidence = $"{facts.RatedAnswers} answers rated by {string.Join(", ", facts.Ratings)}";
        var names = string.Join(' ', facts.Ratings);
        if (facts.RatedAnswers < LeastPairs)
        {
            said.Add(new("scalar", "not", $"Too few rated answers for a regression: collect {LeastPairs}.", evidence, Source));
            return byPairs;
        }
        var isUse = byPairs is null && needs.Use != "policy";
        said.Add(
            new(
                "scalar",
                isUse ? "use" : "beside",
                isUse
                    ? $"Train a regression on the ratings (assay train --loss-type regression --regression-targets {names}): it wants no pairs, and the weights of the ratings are stated, not learned."
                    : $"The ratings say more than a winner: a regression on them (assay train --loss-type regression --regression-targets {names}) is the model to compare with, and its weights are stated, not learned.",
                evidence,
                Source
            )
        );
        return isUse ? "scalar" : byPairs;
    }

    private static string? Pairs(AdviceFacts facts, AdviceNeeds needs, bool isLabelNoise, List<AdviceSentence> said)
    {
        if (facts.Pairs == 0)
            return null;
        var evidence = $"{facts.Pairs} usable pairs";
        if (facts.Pairs < LeastPairs || isLabelNoise)
        {
            said.Add(
                new(
                    "scalar",
                    "not",
                    isLabelNoise
                        ? "Do not train on these labels yet."
                        : $"Too few pairs for a reward model to be optimised against; collect {LeastPairs} or start from a trained one and judge it on these.",
                    evidence,
                    $"{Gao}: below about 2,000 comparisons no proxy beat chance"
                )
            );
            return null;
        }
        if (needs.Use == "policy")
        {
            said.Add(
                new(
                    "dpo",
                    "use",
                    "Train the policy on the pairs directly (assay dpo): no score is asked for, and there is no loop in which one would be used again.",
                    $"{evidence}; a policy is all that was asked for",
                    $"{RewardBench2}: DPO 60.3, SFT 54.1, the best of 17 PPO runs 60.7"
                )
            );
            said.Add(
                new(
                    "scalar",
                    "beside",
                    "A reward model of the same pairs says on held-out and new answers what the policy gained.",
                    evidence,
                    "arXiv 2409.03650"
                )
            );
            return "dpo";
        }
        said.Add(
            new(
                "scalar",
                "use",
                "Train a reward model (assay train) and judge it on answers of the policy, not on held-out pairs alone.",
                $"{evidence}; scores are used for {needs.Use}",
                $"{Gao}; {RewardBench2}: benchmark score and PPO result correlate −0.72 without the flipped runs"
            )
        );
        said.Add(
            new(
                "dpo",
                needs.Use == "monitor" ? "beside" : "not",
                "A policy's implicit reward is the baseline to beat, not the signal: it loses where answers are unlike the pairs.",
                $"scores are used for {needs.Use}",
                "arXiv 2409.03650: −3 % in the mean and −7 % at worst over five shifts; worse under rewording, arXiv 2507.07981"
            )
        );
        return "scalar";
    }

    private static bool Judge(AdviceFacts facts, AdviceNeeds needs, List<AdviceSentence> said)
    {
        if (needs.MaxLatency < JudgeLatency)
        {
            said.Add(
                new(
                    "judge",
                    "not",
                    "A chat model's verdict takes longer than there is time: use one to label offline.",
                    Text($"at most {needs.MaxLatency:0.#} ms an answer was asked for"),
                    "two calls a pair, docs/judges.md"
                )
            );
            return false;
        }
        if (needs.Use == "policy")
            return false;
        var few = facts.Pairs < LeastPairs;
        said.Add(
            new(
                "judge",
                few ? "use" : "beside",
                few
                    ? "Ask a chat model (assay judge) in both orders, and let it be judged on the pairs that there are."
                    : "A chat model as a second opinion: equal in distribution, better on answers unlike the pairs.",
                few ? $"{facts.Pairs} usable pairs: too few to train on" : $"{facts.Pairs} usable pairs to judge it by",
                "GenRM, arXiv 2410.12832: UltraFeedback 73.9 against 74.0 of a scalar model, RewardBench 81.9 against 77.8"
            )
        );
        if (needs.Use == "rl")
            said.Add(
                new(
                    "judge",
                    "not",
                    "Not alone in a loop: words that answer nothing open judges. Probe for them (assay judge --probe master-keys).",
                    "a policy is optimised against it",
                    "master keys, arXiv 2507.08794"
                )
            );
        // There must be something to judge it by.
        return facts.Pairs >= LeastReferences;
    }

    private static void Loop(AdviceNeeds needs, List<AdviceSentence> said)
    {
        if (needs.Use != "rl")
            return;
        said.Add(
            new(
                "data",
                "first",
                "Start the reward model from the policy's own lineage, and label its answers again whenever it has moved (assay fresh, assay label sample).",
                "a policy is optimised against it",
                $"{RewardBench2}: chosen by score alone the policy reaches 54.5, by lineage first 59.8 to 60.4"
            )
        );
        said.Add(
            new(
                "data",
                "first",
                "Hold a second signal out of the loop and watch both over KL (assay overopt).",
                "a policy is optimised against it",
                $"{Gao}; ensembles under 25 % label noise, arXiv 2310.02743"
            )
        );
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
