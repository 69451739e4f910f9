using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Assay.Models;
using Assay.Ranks;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Reward.Training.DataParallel;

/// <summary>What must be the same on all ranks before the first update, compared; and what is decided for all.</summary>
internal static class RankAgreement
{
    private const int Piece = 1 << 26;

    /// <summary>Refuses ranks that differ in version, settings, rows, weights or the step that they go on from.</summary>
    /// <exception cref="RankFaultException">Names rank, host and difference.</exception>
    public static void Demand(Communicator ranks, RewardNetwork network, TrainingSettings settings, ITrainingTask task, long step)
    {
        if (ranks.IsAlone)
            return;
        var assembly = typeof(RankAgreement).Assembly;
        ranks.Agree(
            [
                ("version", assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown"),
                ("build", assembly.ManifestModule.ModuleVersionId.ToString()),
                ("libtorch", TorchRuntime.LibtorchVersion),
            ],
            "start the same Assay on every host"
        );
        RankDevice.Take(ranks, network.Device);
        ranks.Agree(
            [
                .. Setting
                    .Of(settings.Kind)
                    .Where(setting =>
                        setting.DecidesResult
                        || setting.Name
                            is "eval_strategy"
                                or "eval_steps"
                                or "save_strategy"
                                or "save_steps"
                                or "logging_steps"
                                or "zero_stage"
                    )
                    .Select(setting => ($"setting {setting.Name}", setting.ValueIn(settings).GetRawText())),
            ],
            "start every rank with the same flags and the same recipe"
        );
        ranks.Agree(
            [
                ("rows to train on with SHA-256", task.DataFingerprint()),
                ("held-out rows", task.HeldOutCount.ToString(CultureInfo.InvariantCulture)),
                ("held-out tokens", task.HeldOutTokens.ToString(CultureInfo.InvariantCulture)),
            ],
            "every host has to see the same files and the same tokenizer"
        );
        ranks.Agree(
            [("updates behind it", step.ToString(CultureInfo.InvariantCulture))],
            "to go on with a run, output_dir has to be a folder that all hosts share"
        );
        ranks.Agree([("weights with SHA-256", WeightsOf(network))], "every host has to see the same checkpoint");
    }

    /// <summary>The token budget that all keep to, and by whose products they compute: the least of all, and the first one's.</summary>
    public static int Decide(Communicator ranks, int batchTokens)
    {
        if (ranks.IsAlone)
            return batchTokens;
        ShareProducts(ranks);
        return ranks.AllGather(BitConverter.GetBytes(batchTokens)).Min(bytes => BitConverter.ToInt32(bytes));
    }

    /// <summary>All compute by the products of the first rank.</summary>
    public static void ShareProducts(Communicator ranks)
    {
        var products = Encoding.UTF8.GetString(ranks.BroadcastAny(Encoding.UTF8.GetBytes(TorchRuntime.Products)));
        if (products != TorchRuntime.Products)
            TorchRuntime.Products = products;
    }

    /// <summary>The first rank's weights, to all.</summary>
    public static void ShareWeights(Communicator ranks, RewardNetwork network)
    {
        foreach (var parameter in network.Trained)
            ranks.OfTensors.BeginBroadcast(parameter.Value.AddressToOverwrite(), parameter.Value.ByteCount, 0).Wait();
    }

    private static string WeightsOf(RewardNetwork network)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in network.Parameters)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(parameter.Name));
            var values = parameter.Value.ToFloats();
            for (var at = 0; at < values.Length; at += Piece)
                hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(Piece, values.Length - at))));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
