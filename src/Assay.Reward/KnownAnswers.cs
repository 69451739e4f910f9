using Assay.Data;
using Assay.Data.Records;
using Assay.Models;

namespace Assay.Reward;

/// <summary>
/// What a model must answer, kept in its <c>assay.json</c>. Loading the folder encodes and scores the known conversations again: other ids
/// or other scores mean that tokenizer, template, weights or machine are not what they were.
/// </summary>
internal static class KnownAnswers
{
    /// <summary>
    /// Largest difference of a known score on another machine, relative to the larger of 1 and the score: BLAS kernels add in another
    /// order, which moved the reference's scores by up to 1e-5. On the machine that saved it, the difference is 0.
    /// </summary>
    private const double KnownScoreTolerance = 1e-4;

    /// <summary>
    /// How a model that was loaded was made: its head as it was loaded, and what its folder's record says, which counts more.
    /// </summary>
    public static ModelOrigin OriginOf(LoadedNetwork loaded, ModelRecord? record) =>
        new()
        {
            Head =
                record?.Head
                ?? loaded.Head switch
                {
                    HeadSource.Fresh fresh => new HeadOrigin("fresh") { Seed = (long)fresh.Seed, Tensors = loaded.FreshTensors },
                    HeadSource.Difference difference => new HeadOrigin("label_difference") { PositiveLabel = difference.PositiveLabel },
                    _ => new HeadOrigin("checkpoint"),
                },
            BaseModel = record?.BaseModel,
            Training = record?.Training,
            MergedFrom = record?.MergedFrom,
        };

    /// <summary>A record of this origin and text; what a kind of model has of its own is still to be set.</summary>
    public static ModelRecord RecordOf(ModelOrigin origin, string format, ConversationEncoder encoder) =>
        ModelRecord.Of(origin, format, typeof(KnownAnswers).Assembly.GetName().Version?.ToString(3)) with
        {
            Text = encoder.Rules.ToRecord(),
            TextFingerprint = encoder.Fingerprint,
        };

    public static ModelRecord Make(RewardModel model)
    {
        var known = Known(model);
        var scores = Exactly(model, [.. known.Select(k => k.Ids)]);
        return RecordOf(model.Origin, ModelRecord.Reward, model.Encoder) with
        {
            KnownAnswers =
            [
                .. known.Select(
                    (k, i) =>
                        new KnownAnswer
                        {
                            Messages = [.. k.Conversation.Messages!.Select(m => new KnownTurn(m.Role, m.Content))],
                            Ids = k.Ids,
                            Score = scores[i],
                        }
                ),
            ],
        };
    }

    /// <summary>Answers the known conversations again.</summary>
    /// <returns>What was found, in a sentence.</returns>
    /// <exception cref="RewardException">The folder no longer reads text, or scores, as it did when it was saved.</exception>
    public static string Verify(RewardModel model, ModelRecord record, string path)
    {
        RecordFile.Demand(path, record.Format, ModelRecord.Reward);
        if (record.TextFingerprint is { } fingerprint && fingerprint != model.Encoder.Fingerprint)
            throw new RewardException(
                $"{path}: this folder's tokenizer or chat template is not the one the model was saved with (text fingerprint {model.Encoder.Fingerprint[..12]}, recorded {fingerprint[..Math.Min(12, fingerprint.Length)]}): its scores would mean something else. Restore the files, or remove the record to score without this check"
            );
        var answers = record.KnownAnswers ?? [];
        if (answers.Count == 0)
            return "no known answers recorded";
        var scores = model.ScoreIds([.. answers.Select(answer => answer.Ids.ToArray())]);
        var largest = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            var wanted =
                answers[i].Score
                ?? throw new RewardException(
                    $"{path}: known answer {i + 1} has no score: restore the file, or remove it to score without this check"
                );
            var difference = Math.Abs((double)scores[i] - wanted);
            if (!(difference <= KnownScoreTolerance * Math.Max(1, Math.Abs(wanted))))
                throw new RewardException(
                    FormattableString.Invariant(
                        $"{path}: known answer {i + 1} scores {scores[i]:R}, recorded {wanted:R}: the weights are not the ones that were saved, or the network is computed wrongly here"
                    )
                );
            largest = Math.Max(largest, difference);
        }
        return largest == 0
            ? $"{scores.Length} known answers equal bit for bit"
            : FormattableString.Invariant(
                $"{scores.Length} known answers within {largest:G2} (another machine or library adds in another order; limit {KnownScoreTolerance:G1})"
            );
    }

    // In the weights' own type, however the model computes now: these are the answers of the weights.
    private static float[] Exactly(RewardModel model, IReadOnlyList<int[]> ids)
    {
        var computed = model.Network.ComputeType;
        model.Network.ComputeType = model.Network.DType;
        try
        {
            return model.ScoreIds(ids);
        }
        finally
        {
            model.Network.ComputeType = computed;
        }
    }

    // Whatever max_length the model was trained with: the answers are of the network.
    private static List<(Conversation Conversation, int[] Ids)> Known(RewardModel model) =>
        Known(new BoundedEncoder(model.Encoder, model.Network.Bounds, null));

    private static List<(Conversation Conversation, int[] Ids)> Known(BoundedEncoder whole) =>
        [
            .. Probes
                .All.Select(probe => (probe, read: whole.Encode(probe)))
                .Where(x => x.read.Refused is null)
                .Select(x => (x.probe, x.read.Ids)),
        ];
}
