using Assay.Data.Records;
using Assay.Models;
using Assay.Models.Adapters;
using Assay.Models.Checkpoints;
using Assay.Text.Tokenization;
using Assay.Torch;

namespace Assay.Reward;

/// <summary>
/// A network that gives no score, with its tokenizer and the record of its making: what a process reward model and a policy have in common.
/// The caller disposes the network.
/// </summary>
/// <param name="Network">Loaded to give another output than a score.</param>
/// <param name="Encoder">Tokenizer and template.</param>
/// <param name="Record">The folder's <c>assay.json</c>, where it has one of this kind; else null.</param>
/// <param name="Warnings">What loading tolerated, one sentence each.</param>
/// <param name="Folder">Where it was loaded from, in full.</param>
internal sealed record NetworkWithText(
    RewardNetwork Network,
    ConversationEncoder Encoder,
    ModelRecord? Record,
    IReadOnlyList<string> Warnings,
    string Folder
)
{
    /// <summary>
    /// Largest difference of a known answer on another machine, relative to the larger of 1 and the answer: products add in another order.
    /// </summary>
    private const double KnownAnswerTolerance = 1e-4;

    /// <summary>What <c>assay.json</c> says of the model's making.</summary>
    public required ModelOrigin Origin { get; set; }

    public Generator? Draws { get; private init; }

    public string? MergedAdapter { get; private init; }

    /// <param name="path">A Hugging Face folder or a GGUF file.</param>
    /// <param name="output">What the network is to give.</param>
    /// <param name="head">Where its head comes from.</param>
    /// <param name="format">The <c>format</c> of its own record: one of another kind is left aside.</param>
    /// <param name="chatTemplate">See <see cref="ConversationEncoder.Load"/>.</param>
    /// <param name="typedTokens">See <see cref="TextRules.TypedTokens"/>.</param>
    /// <param name="placement">Where it runs.</param>
    public static NetworkWithText Load(
        string path,
        NetworkOutput output,
        HeadSource head,
        string format,
        string? chatTemplate,
        SpecialTokenText typedTokens,
        Placement placement
    )
    {
        var folder = CheckpointFolder.Of(path);
        var loaded = RewardNetwork.Load(path, new LoadOptions { Head = head, Output = output });
        try
        {
            var encoder = ConversationEncoder.Load(folder, chatTemplate, typedTokens);
            var record = ModelRecord.In(folder) is { } found && found.Format == format ? found : null;
            loaded.Network.MoveTo(placement.Device);
            if (placement.Bf16)
                loaded.Network.ComputeType = DType.BFloat16;
            return new NetworkWithText(loaded.Network, encoder, record, loaded.Warnings, Path.GetFullPath(folder))
            {
                Origin = KnownAnswers.OriginOf(loaded, record),
                Draws = loaded.Draws,
                MergedAdapter = loaded.MergedAdapter,
            };
        }
        catch
        {
            loaded.Network.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes config, weights (or a LoRA as PEFT has it), tokenizer, template and <c>assay.json</c>, each to a temporary name and moved.
    /// </summary>
    /// <param name="folder">Where to.</param>
    /// <param name="format">The record's.</param>
    /// <param name="complete">Adds to the record what this kind of model has of its own.</param>
    /// <returns>What was written otherwise than it was read, one sentence each.</returns>
    public IReadOnlyList<string> Save(string folder, string format, Func<ModelRecord, ModelRecord> complete)
    {
        Directory.CreateDirectory(folder);
        IReadOnlyList<string> notes = [];
        if (Network.Lora is null)
            notes = NetworkFolder.Save(Network, folder, Encoder.PadTokenId);
        else
            AdapterFolder.Save(Network, folder, Folder);
        Encoder.Save(folder);
        complete(KnownAnswers.RecordOf(Origin, format, Encoder)).Write(folder);
        return notes;
    }

    /// <summary>Known answers to write: ids, where they are read, and what the network says there in its weights' own type.</summary>
    public IReadOnlyList<KnownAnswer> Answers(IReadOnlyList<(int[] Ids, int[] Places)> asked)
    {
        var computed = Network.ComputeType;
        Network.ComputeType = Network.DType;
        try
        {
            var found = SequenceReading.Read(
                Network,
                [.. asked.Select(one => new Models.Packing.ReadSequence(one.Ids, one.Places))],
                RewardModel.ScoringBatchTokens
            );
            return
            [
                .. found.Select(
                    (numbers, i) =>
                        new KnownAnswer
                        {
                            Ids = asked[i].Ids,
                            Places = asked[i].Places,
                            Numbers = [.. numbers.Select(number => (float)number)],
                        }
                ),
            ];
        }
        finally
        {
            Network.ComputeType = computed;
        }
    }

    /// <summary>Answers the known questions again; null where the folder has none.</summary>
    /// <exception cref="RewardException">The network no longer answers as it did when it was saved.</exception>
    public string? Verify()
    {
        if (Record?.KnownAnswers is not { Count: > 0 } answers || Network.ComputeType != Network.DType)
            return null;
        var path = Path.Combine(Folder, ModelRecord.FileName);
        if (Record.TextFingerprint is { } fingerprint && fingerprint != Encoder.Fingerprint)
            throw new RewardException(
                $"{path}: this folder's tokenizer or chat template is not the one the model was saved with: its answers would mean something else. Restore the files, or remove the record to go on without this check"
            );
        var found = SequenceReading.Read(
            Network,
            [.. answers.Select(answer => new Models.Packing.ReadSequence([.. answer.Ids], [.. answer.Places ?? []]))],
            RewardModel.ScoringBatchTokens
        );
        var largest = 0.0;
        for (var i = 0; i < found.Length; i++)
        {
            foreach (var (at, wanted) in (answers[i].Numbers ?? []).Index())
            {
                var difference = Math.Abs((float)found[i][at] - wanted);
                if (!(difference <= KnownAnswerTolerance * Math.Max(1, Math.Abs(wanted))))
                    throw new RewardException(
                        FormattableString.Invariant(
                            $"{path}: known answer {i + 1} is {(float)found[i][at]:R}, recorded {wanted:R}: the weights are not the ones that were saved, or the network is computed wrongly here"
                        )
                    );
                largest = Math.Max(largest, difference);
            }
        }
        return largest == 0
            ? $"{found.Length} known answers equal bit for bit"
            : FormattableString.Invariant(
                $"{found.Length} known answers within {largest:G2} (another machine or library adds in another order; limit {KnownAnswerTolerance:G1})"
            );
    }
}
