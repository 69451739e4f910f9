using Assay.Evaluation.Benchmarks;

namespace Assay.Evaluation.Gates;

/// <summary>
/// Every kind of check there is. To add one: its entry here, its figures in the file of its evidence, its case in the gate's tests and its
/// row in <c>docs/evaluation.md</c> (a test compares the two).
/// </summary>
public static class GateCheckKinds
{
    private const string Eval = "assay eval --model DIR --data FILE --output-dir EVIDENCE writes it",
        Audit = "assay audit --model DIR --data FILE --output-dir EVIDENCE writes it",
        Fresh = "assay fresh --model DIR --data FRESH --static EVIDENCE --output-dir EVIDENCE writes it",
        Split = "assay split writes it (split.json)",
        Check = "assay check writes it (report.json)",
        Judge = "assay judge --data FILE … --output votes.jsonl writes it (votes.summary.json)",
        Verify = "assay verify --input FILE --using RULE --output-dir EVIDENCE writes it, where rows are labelled",
        Process = "assay process eval SCORED --output-dir EVIDENCE writes it";

    private const string UnlearnLength = "the model follows length: train on pairs in which the longer answer wins as often as the shorter";

    public static IReadOnlyList<GateCheckKind> All { get; } =
    [
        new(RowFigures.Faults)
        {
            Name = "evidence_faults",
            Meaning = "figures of the evidence that cannot all be true",
            Direction = GateDirection.AtMost,
            AtMost = 0,
            Highest = double.PositiveInfinity,
            MinCount = 1,
            Counted = "files",
            IsAlwaysAsked = true,
            Source = "every verb's evidence is looked through",
            Advice = "the evidence was edited or damaged: make it again",
        },
        new(RowFigures.TrainingOverlap)
        {
            Name = "training_overlap",
            Meaning = "rows of the evidence that the model was trained on, by their answers or their prompt alone",
            Direction = GateDirection.AtMost,
            AtMost = 0,
            Highest = double.PositiveInfinity,
            MinCount = 1,
            Counted = "rows",
            IsAlwaysAsked = true,
            Source =
                "assay train keeps training_rows.bin in the model's folder; of a model trained elsewhere name the files: --trained-on FILE",
            Advice = "the model was trained on these rows, so they say what it remembers: judge it on rows that it never saw",
        },
        new(EvalFigures.HeldoutAccuracy)
        {
            Name = "heldout_accuracy",
            Meaning = "share of held-out pairs ordered as people did, a tie half",
            Direction = GateDirection.AtLeast,
            AtLeast = 0.6,
            MinCount = 300,
            HumanReviewed = false,
            IsShare = true,
            Source = Eval,
            Advice = "train on more or cleaner pairs, or start from a larger checkpoint",
        },
        new(EvalFigures.BetterThanLengthOnly)
        {
            Name = "better_than_length_only",
            Meaning = "accuracy gained over choosing by length alone, were longer and shorter answers preferred equally often",
            Direction = GateDirection.AtLeast,
            AtLeast = 0,
            Lowest = -1,
            MinCount = 100,
            Counted = "pairs in which the rarer side won",
            Source = Eval,
            Advice = UnlearnLength,
        },
        new(AuditFigures.BetterThanBagOfWords)
        {
            Name = "better_than_bag_of_words",
            Meaning = "accuracy minus that of logistic regression on which words an answer has",
            Direction = GateDirection.AtLeast,
            AtLeast = 0,
            Lowest = -1,
            MinCount = 300,
            Source = Audit,
            Advice = "counting words does as well: the model, or the labels, hold little more",
        },
        new(EvalFigures.CalibrationError)
        {
            Name = "calibration_error",
            Meaning = "expected calibration error of P(win), ten bins of equal width",
            Direction = GateDirection.AtMost,
            AtMost = 0.15,
            MinCount = 300,
            Source = Eval,
            Advice = "divide margins by the temperature in eval.json before they are read as probabilities",
        },
        new(EvalFigures.Temperature)
        {
            Name = "temperature",
            Meaning = "by how much margins are too large (above 1) or too small",
            Direction = GateDirection.Between,
            AtLeast = 0.25,
            AtMost = 4,
            Highest = double.PositiveInfinity,
            MinCount = 300,
            Source = Eval,
            Advice = "divide rewards by the temperature, and train shorter or with a smaller rate",
        },
        new(AuditFigures.LengthMatchedAccuracy)
        {
            Name = "length_matched_accuracy",
            Meaning = "accuracy on pairs whose longer answer is at most 1.1 times the shorter",
            Direction = GateDirection.AtLeast,
            AtLeast = 0.5,
            MinCount = 100,
            IsShare = true,
            Source = Audit,
            Advice = "the model knows little beyond length: train on length-balanced pairs",
        },
        new(AuditFigures.ChosenShorterAccuracy)
        {
            Name = "chosen_shorter_accuracy",
            Meaning = "accuracy on pairs whose preferred answer is the shorter",
            Direction = GateDirection.AtLeast,
            AtLeast = 0.5,
            MinCount = 100,
            IsShare = true,
            Source = Audit,
            Advice = UnlearnLength,
        },
        new(AuditFigures.LengthAccuracyGap)
        {
            Name = "length_accuracy_gap",
            Meaning = "accuracy when the preferred answer is longer, minus when it is shorter",
            Direction = GateDirection.Between,
            AtLeast = -0.2,
            AtMost = 0.2,
            Lowest = -1,
            MinCount = 100,
            Counted = "pairs in which the rarer side won",
            Source = Audit,
            Advice = UnlearnLength,
        },
        new(AuditFigures.LongerPreferenceExcess)
        {
            Name = "longer_preference_excess",
            Meaning = "how much more often the model prefers the longer answer than people do",
            Direction = GateDirection.AtMost,
            AtMost = 0.1,
            Lowest = -1,
            MinCount = 100,
            Source = Audit,
            Advice = UnlearnLength,
        },
        new(AuditFigures.StyleExcess)
        {
            Name = "style_excess",
            Meaning = "how much more often the model prefers more of a style feature than people do, worst feature (length apart)",
            Direction = GateDirection.AtMost,
            AtMost = 0.15,
            Lowest = -1,
            MinCount = 200,
            Source = Audit,
            Advice = "the model pays for the look of an answer: add pairs in which the plainer answer wins",
        },
        new(AuditFigures.Probes)
        {
            Name = "probes",
            Meaning = "probes that the model fails beyond their intervals",
            Direction = GateDirection.AtMost,
            AtMost = 0,
            Highest = double.PositiveInfinity,
            MinCount = 100,
            Counted = "answers",
            Source = Audit,
            Advice = "look at the rows, and add pairs in which the rewritten answer loses",
        },
        new(AuditFigures.Probe)
        {
            Name = "probe",
            Part = "NAME",
            Meaning = "share of right pairs that one probe turns",
            Direction = GateDirection.AtMost,
            AtMost = 0.1,
            MinCount = 100,
            Source = Audit,
            Advice = "look at the rows, and add pairs in which the rewritten answer loses",
        },
        new(AuditFigures.SelfTests)
        {
            Name = "self_tests",
            Meaning = "self-tests that failed: same text, same score",
            Direction = GateDirection.AtMost,
            AtMost = 0,
            Highest = double.PositiveInfinity,
            MinCount = 1,
            Counted = "scores",
            Source = Audit,
            Advice = "the scorer is broken, whatever it learned: do not use any of its scores",
        },
        new(FreshFigures.Accuracy)
        {
            Name = "fresh_accuracy",
            Meaning = "accuracy on what the current policy writes",
            Direction = GateDirection.AtLeast,
            AtLeast = 0.6,
            MinCount = 200,
            HumanReviewed = true,
            IsShare = true,
            Source = Fresh,
            Advice = "do not optimise against this reward: label more of the current policy's answers and train on them",
        },
        new(FreshFigures.Gap)
        {
            Name = "fresh_gap",
            Meaning = "static minus fresh accuracy",
            Direction = GateDirection.AtMost,
            AtMost = 0.1,
            Lowest = -1,
            MinCount = 200,
            Source = Fresh,
            Advice = "the policy has left what the model knows: label more of its answers and train on them",
        },
        new(FreshFigures.RewardDrift)
        {
            Name = "reward_drift",
            Meaning = "population stability index of rewards, static against fresh",
            Direction = GateDirection.AtMost,
            AtMost = 0.25,
            Highest = double.PositiveInfinity,
            MinCount = 200,
            Counted = "scores",
            Source = Fresh,
            Advice = "rewards of the current policy are not distributed as those that were checked: check on its own answers",
        },
        new(DataFigures.SplitOverlap)
        {
            Name = "split_overlap",
            Meaning = "groups on both sides, and training rows like a held-out row",
            Direction = GateDirection.AtMost,
            AtMost = 0,
            Highest = double.PositiveInfinity,
            MinCount = 1,
            Counted = "rows",
            Source = Split,
            Advice = "held-out figures are too good: split again (assay split --near-duplicates remove), train and evaluate again",
        },
        new(DataFigures.QuarantineShare)
        {
            Name = "quarantine_share",
            Meaning = "share of rows that the contract set aside",
            Direction = GateDirection.AtMost,
            AtMost = 0.05,
            MinCount = 1,
            Counted = "rows",
            Source = Check,
            Advice = "look at quarantine.jsonl: so many unfit rows mean that the labelling or the export is wrong",
        },
        new(DataFigures.ContractErrors)
        {
            Name = "contract_errors",
            Meaning = "rows that could not be read",
            Direction = GateDirection.AtMost,
            AtMost = 0,
            Highest = double.PositiveInfinity,
            MinCount = 1,
            Counted = "rows",
            Source = Check,
            Advice = "mend the rows in quarantine.jsonl and check again",
        },
        new(DataFigures.AnnotatorAgreement)
        {
            Name = "annotator_agreement",
            Meaning = "Krippendorff's alpha of the votes",
            Direction = GateDirection.AtLeast,
            AtLeast = 0.2,
            Lowest = -1,
            MinCount = 100,
            Counted = "rows with two votes",
            Source = Check,
            Advice = "people do not agree on what is better: mend the guidelines before a model is asked to follow them",
        },
        new(BenchmarkFigures.Score)
        {
            Name = "benchmark",
            Part = "KIND",
            Parts = [.. BenchmarkDescription.All.Select(benchmark => benchmark.Name)],
            Meaning = "a benchmark's headline, scored as published",
            Direction = GateDirection.AtLeast,
            MinCount = 100,
            Counted = "rows",
            Source = "assay benchmark KIND --data FILE --model DIR --output-dir EVIDENCE writes it",
            Advice = "a benchmark is a filter only: choose a model that ranks higher, then judge it on your own pairs",
        },
        new(SignalFigures.JudgeAccuracy)
        {
            Name = "judge_accuracy",
            Meaning = "share of judged pairs that the judge orders as people did, a tie half",
            Direction = GateDirection.AtLeast,
            AtLeast = 0.6,
            MinCount = 200,
            IsShare = true,
            Source = Judge,
            Advice = "ask a stronger judge, or write a prompt that says what is preferred",
        },
        new(SignalFigures.NoVerdictRate)
        {
            Name = "judge_no_verdict",
            Meaning = "share of calls that gave no verdict",
            Direction = GateDirection.AtMost,
            AtMost = 0.05,
            MinCount = 200,
            Counted = "calls",
            IsShare = true,
            Source = Judge,
            Advice = "look at the answers without a verdict: a higher --max-tokens, or a prompt that asks for the verdict alone",
        },
        new(SignalFigures.FirstPlaceShare)
        {
            Name = "judge_first_place",
            Meaning = "share of decided calls that name the first place, both orders asked",
            Direction = GateDirection.Between,
            AtLeast = 0.4,
            AtMost = 0.6,
            MinCount = 200,
            IsShare = true,
            Source = Judge,
            Advice = "the judge names places, not answers: ask another, and never in one order alone",
        },
        new(SignalFigures.PositionConsistency)
        {
            Name = "judge_consistency",
            Meaning = "share of pairs whose two orders name the same answer",
            Direction = GateDirection.AtLeast,
            AtLeast = 0.6,
            MinCount = 200,
            IsShare = true,
            Source = Judge,
            Advice = "swapped answers get another verdict: take more samples, or another judge",
        },
        new(SignalFigures.MasterKeys)
        {
            Name = "master_keys",
            Meaning = "texts that answer nothing and win all the same",
            Direction = GateDirection.AtMost,
            AtMost = 0,
            Highest = double.PositiveInfinity,
            MinCount = 30,
            Counted = "pairs for each key",
            Source = "assay judge … --probe master-keys --output keys.jsonl writes it (keys.summary.json)",
            Advice = "a policy will find these words: do not optimise against this judge",
        },
        new(SignalFigures.FalsePositives)
        {
            Name = "verifier_false_positives",
            Meaning = "share of wrong answers that the rule accepts",
            Direction = GateDirection.AtMost,
            AtMost = 0.02,
            MinCount = 200,
            Counted = "wrong answers",
            IsShare = true,
            Source = Verify,
            Advice = "what is accepted wrongly is what a policy will write: look at these rows and mend the rule",
        },
        new(SignalFigures.FalseNegatives)
        {
            Name = "verifier_false_negatives",
            Meaning = "share of right answers that the rule does not accept",
            Direction = GateDirection.AtMost,
            AtMost = 0.1,
            MinCount = 200,
            Counted = "right answers",
            IsShare = true,
            Source = Verify,
            Advice = "right answers earn nothing: look at how they state it, and tell the policy the form or widen the rule",
        },
        new(SignalFigures.Attacks)
        {
            Name = "verifier_attacks",
            Meaning = "share of references for which an attack is accepted, worst attack",
            Direction = GateDirection.AtMost,
            AtMost = 0,
            MinCount = 100,
            Counted = "references",
            Source = "assay verify … --attack --output-dir EVIDENCE writes it",
            Advice = "the rule pays for answers that are made to please it: take one that does not",
        },
        new(SignalFigures.AboveMajority)
        {
            Name = "process_above_majority",
            Meaning = "accuracy of steps minus that of the better constant answer",
            Direction = GateDirection.AtLeast,
            AtLeast = 0,
            Lowest = -1,
            MinCount = 500,
            Counted = "steps",
            Source = Process,
            Advice = "one answer for all steps does as well: train on more solutions with errors",
        },
        new(SignalFigures.StepScore)
        {
            Name = "process_step_score",
            Meaning = "PRMBench's score: mean of F1 of right and of wrong steps",
            Direction = GateDirection.AtLeast,
            AtLeast = 0.6,
            MinCount = 500,
            Counted = "steps",
            Source = Process,
            Advice = "wrong steps are not told from right ones: train on more of them, or choose the threshold (--tune-on)",
        },
        new(SignalFigures.FirstErrors)
        {
            Name = "process_first_error",
            Meaning = "share of wrong solutions whose first wrong step is found (ProcessBench)",
            Direction = GateDirection.AtLeast,
            AtLeast = 0.3,
            MinCount = 100,
            Counted = "wrong solutions",
            IsShare = true,
            Source = Process,
            Advice = "credit goes to the wrong steps: train on labels up to the first error",
        },
        new(SignalFigures.FalseAlarms)
        {
            Name = "process_false_alarms",
            Meaning = "share of right solutions in which a step is called wrong (ProcessBench)",
            Direction = GateDirection.AtMost,
            AtMost = 0.3,
            MinCount = 100,
            Counted = "right solutions",
            IsShare = true,
            Source = Process,
            Advice = "right solutions are punished: choose the threshold on other solutions (--tune-on)",
        },
    ];
}
