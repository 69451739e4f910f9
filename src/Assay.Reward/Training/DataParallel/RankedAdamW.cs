using System.Runtime.InteropServices;
using Assay.Ranks;
using Assay.Torch;
using Assay.Torch.Optim;

namespace Assay.Reward.Training.DataParallel;

/// <summary>
/// AdamW of several ranks. Each keeps all moments and makes the same step; or, with ZeRO's first stage (Rajbhandari et al. 2020, arXiv
/// 1910.02054), each keeps those of its share of the parameters, whole tensors by size, gets the sums of their gradients alone, updates
/// these and gives them to the others. Then a rank has 8 bytes a parameter divided by the number of ranks instead of 8, and sends as much
/// as without it: a sum at one rank and a broadcast are what a sum at all is made of.
/// </summary>
internal sealed class RankedAdamW : IDisposable
{
    private readonly Communicator ranks;
    private readonly IReadOnlyList<Tensor> parameters;
    private readonly int[]? owners;
    private readonly int[] places;
    private readonly AdamW own;

    /// <param name="ranks">One or more.</param>
    /// <param name="parameters">The same on every rank.</param>
    /// <param name="isSharded">Whether the moments are divided.</param>
    /// <param name="beta1">As of <see cref="AdamW"/>, and so on.</param>
    public RankedAdamW(
        Communicator ranks,
        IReadOnlyList<AdamWParameter> parameters,
        bool isSharded,
        double beta1,
        double beta2,
        double epsilon
    )
    {
        this.ranks = ranks;
        this.parameters = [.. parameters.Select(parameter => parameter.Tensor)];
        owners =
            isSharded && !ranks.IsAlone ? Shares.Of([.. this.parameters.Select(parameter => parameter.ElementCount)], ranks.Size) : null;
        int[] mine = [.. Enumerable.Range(0, parameters.Count).Where(Holds)];
        places = new int[parameters.Count];
        foreach (var (place, parameter) in mine.Index())
            places[parameter] = place;
        own = new AdamW([.. mine.Select(parameter => parameters[parameter])], beta1, beta2, epsilon);
    }

    public long StepCount
    {
        get => own.StepCount;
        set => own.StepCount = value;
    }

    /// <summary>Of each parameter the rank that keeps its moments; null where all keep all.</summary>
    public IReadOnlyList<int>? Owners => owners;

    /// <summary>The norm of the whole gradient, of which each may have its share alone; the same bits on every rank.</summary>
    public double Norm()
    {
        if (owners is null)
            return Gradients.Norm(parameters);
        double[] own = [.. parameters.Select(Gradients.SumOfSquares)];
        var all = ranks.AllGather(MemoryMarshal.AsBytes(own.AsSpan()));
        return Math.Sqrt(owners.Select((owner, i) => BitConverter.ToDouble(all[owner], i * sizeof(double))).Sum());
    }

    /// <summary>Whether this rank keeps the moments of a parameter.</summary>
    public bool Holds(int parameter) => owners is null || owners[parameter] == ranks.Rank;

    /// <summary>Bytes of both moments of a parameter.</summary>
    public long MomentBytes(int parameter) => 2 * parameters[parameter].ByteCount;

    /// <inheritdoc cref="AdamW.Step"/>
    public void Step(double learningRate, double gradientScale)
    {
        own.Step(learningRate, gradientScale);
        if (owners is null)
            return;
        foreach (
            var given in parameters
                .Select((parameter, i) => ranks.OfTensors.BeginBroadcast(parameter.AddressToOverwrite(), parameter.ByteCount, owners[i]))
                .ToList()
        )
            given.Wait();
    }

    public void ClearGradients() => Gradients.Clear(parameters);

    /// <summary>The moments that this rank keeps, to be filled.</summary>
    public (Tensor First, Tensor Second) OwnMoments(int parameter) => own.Moments(places[parameter]);

    /// <summary>The moments of a parameter, whoever keeps them: all ranks have to ask for the same ones in the same order.</summary>
    public (Tensor First, Tensor Second) Moments(int parameter)
    {
        var (first, second) = Holds(parameter) ? OwnMoments(parameter) : (Empty(), Empty());
        if (owners is null)
            return (first, second);
        foreach (var moment in (Tensor[])[first, second])
            ranks.OfTensors.BeginBroadcast(moment.AddressToOverwrite(), moment.ByteCount, owners[parameter]).Wait();
        return (first, second);

        Tensor Empty() => Tensor.Empty(parameters[parameter].DType, parameters[parameter].Device, parameters[parameter].Shape);
    }

    /// <summary>On the other ranks, while the first one writes a checkpoint: gives it what it has not.</summary>
    public void SendMoments()
    {
        if (owners is null)
            return;
        for (var i = 0; i < parameters.Count; i++)
        {
            var (first, second) = Moments(i);
            first.Dispose();
            second.Dispose();
        }
    }

    public void Dispose() => own.Dispose();
}
