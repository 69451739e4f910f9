using Assay.Data.Reading.Solutions;
using Assay.Data.Records;
using Assay.Ground.Numerics;
using Assay.Models;
using Assay.Models.Packing;
using Assay.Text.Tokenization;

namespace Assay.Reward.Process;

/// <summary>
/// A process reward model: solutions in, for each step the probability that it is right. The folder it saves is a Hugging Face
/// token-classification checkpoint with two labels (<c>AutoModelForTokenClassification</c>) with <c>assay.json</c> beside it, which says by
/// what steps are separated. Not safe for use by several threads at once.
/// </summary>
public sealed class ProcessModel : IDisposable
{
    private static readonly Solution[] Probes =
    [
        new() { Prompt = "What is 3 + 4 * 2?", Steps = ["4 * 2 = 8.", "3 + 8 = 11.", "The answer is 11."] },
        new() { Prompt = "Sort: b a c", Steps = ["a comes first.", "The order is a c b."] },
    ];

    private readonly NetworkWithText _model;
    private readonly StepEncoder _steps;

    private ProcessModel(NetworkWithText model, StepRules rules)
    {
        _model = model;
        Rules = rules;
        _steps = new StepEncoder(model.Encoder.Tokenizer, rules);
    }

    public RewardNetwork Network => _model.Network;

    public StepRules Rules { get; }

    public ConversationEncoder Encoder => _model.Encoder;

    /// <summary>What <c>assay.json</c> says of the model's making.</summary>
    public ModelOrigin Origin
    {
        get => _model.Origin;
        internal set => _model.Origin = value;
    }

    /// <summary>What loading tolerated, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => _model.Warnings;

    /// <summary>What the check of the known answers found, or null where the folder has none.</summary>
    public string? Verification { get; private init; }

    internal NetworkWithText Parts => _model;

    /// <summary>Loads a process reward model to score with.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="separator">What ends a step; null for what the model was trained with, or a line feed where it does not say.</param>
    /// <param name="placement">Where it runs and whether in bf16; on the CPU in fp32 unless said otherwise.</param>
    /// <exception cref="FormatException">The checkpoint is none of two labels a token, is damaged, or no longer answers as it
    /// did.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static ProcessModel Load(string path, string? separator = null, Placement? placement = null)
    {
        var model = NetworkWithText.Load(
            path,
            NetworkOutput.Steps,
            new HeadSource.Stored(),
            ModelRecord.Process,
            null,
            SpecialTokenText.Plain,
            placement ?? Placement.Default
        );
        try
        {
            return new ProcessModel(model, new StepRules(separator ?? model.Record?.StepSeparator ?? "\n", model.Network.LongestSequence))
            {
                Verification = model.Verify(),
            };
        }
        catch
        {
            model.Network.Dispose();
            throw;
        }
    }

    /// <summary>Loads a checkpoint to train: where it has no such head, a fresh one is drawn with the seed.</summary>
    /// <param name="path">The folder, or a GGUF file.</param>
    /// <param name="headSeed">Draws a fresh head.</param>
    /// <param name="rules">How solutions are to be read.</param>
    /// <param name="placement">Where it runs.</param>
    public static ProcessModel LoadForTraining(string path, long headSeed, StepRules rules, Placement? placement = null)
    {
        var model = NetworkWithText.Load(
            path,
            NetworkOutput.Steps,
            new HeadSource.Fresh((ulong)headSeed),
            ModelRecord.Process,
            null,
            SpecialTokenText.Plain,
            placement ?? Placement.Default
        );
        try
        {
            return new ProcessModel(
                model,
                rules with
                {
                    MaxLength =
                        Math.Min(rules.MaxLength ?? int.MaxValue, model.Network.LongestSequence ?? int.MaxValue) is var most
                        && most < int.MaxValue
                            ? most
                            : null,
                }
            );
        }
        catch
        {
            model.Network.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="StepEncoder.Encode"/>
    public EncodedSolution Encode(long row, Solution solution, bool lastStepOnly = false) => _steps.Encode(row, solution, lastStepOnly);

    /// <summary>
    /// For each solution the probability of each of its steps to be right, 0 to 1; null where it is longer than the model reads. Labels
    /// have no part in it.
    /// </summary>
    public IReadOnlyList<double[]?> Score(
        IReadOnlyList<Solution> solutions,
        int batchTokens = RewardModel.ScoringBatchTokens,
        CancellationToken stop = default
    )
    {
        EncodedSolution[] encoded = [.. solutions.Select((solution, i) => Encode(i, solution with { Labels = null }))];
        int[] whole = [.. Enumerable.Range(0, encoded.Length).Where(i => encoded[i].Places.Length == solutions[i].Steps.Count)];
        var scores = new double[]?[encoded.Length];
        var found = SequenceReading.Read(
            Network,
            [.. whole.Select(i => new ReadSequence(encoded[i].Ids, encoded[i].Places))],
            batchTokens,
            stop
        );
        foreach (var (at, i) in whole.Index())
            scores[i] = [.. found[at].Chunk(2).Select(logits => Logistic.Sigmoid(logits[1] - logits[0]))];
        return scores;
    }

    /// <summary>Writes the model's folder; returns what was written otherwise than it was read.</summary>
    public IReadOnlyList<string> Save(string folder)
    {
        var known = Probes
            .Select((probe, i) => Encode(i, probe))
            .Where(probe => probe.Places.Length > 0)
            .Select(probe => (probe.Ids, probe.Places))
            .ToList();
        return _model.Save(
            folder,
            ModelRecord.Process,
            record => record with { StepSeparator = Rules.Separator, KnownAnswers = _model.Answers(known) }
        );
    }

    public void Dispose() => Network.Dispose();
}
