using Assay.Ranks;
using Assay.Torch;
using Assay.Torch.Optim;

namespace Assay.Reward.Training.DataParallel;

/// <summary>
/// Sums the gradients of all ranks in buckets, last layers first, each as soon as it is complete, while the backward goes on (as PyTorch's
/// DistributedDataParallel, Li et al. 2020, arXiv 2006.15704). A large gradient is summed where it lies, small ones lie together in a
/// bucket of their own. Where optimiser state is divided, only the rank that keeps a parameter's gets its sum: half of the way.
/// </summary>
internal sealed class GradientReduction : IDisposable
{
    /// <summary>
    /// Bytes from which on a gradient goes by itself, and at which a bucket of small ones is full: much below it a sum costs what a message
    /// does.
    /// </summary>
    private const long BucketBytes = 1 << 20;

    private readonly Communicator ranks;
    private readonly IReadOnlyList<Tensor> parameters;
    private readonly IReadOnlyList<int>? owners;
    private readonly List<Bucket> buckets = [];
    private readonly int[] bucketOf;
    private readonly bool[] isPresent;
    private int begun;

    /// <param name="ranks">Two or more.</param>
    /// <param name="parameters">The same on every rank, all on its device.</param>
    /// <param name="owners">Of each parameter the rank that alone gets its sum; null where all get all.</param>
    public GradientReduction(Communicator ranks, IReadOnlyList<Tensor> parameters, IReadOnlyList<int>? owners)
    {
        (this.ranks, this.parameters, this.owners) = (ranks, parameters, owners);
        (bucketOf, isPresent) = (new int[parameters.Count], new bool[parameters.Count]);
        var small = new SortedDictionary<int, List<int>>();
        for (var i = parameters.Count - 1; i >= 0; i--)
        {
            if (parameters[i].ByteCount >= BucketBytes || parameters[i].DType != parameters[^1].DType)
            {
                Add([i]);
                continue;
            }
            var owner = owners?[i] ?? 0;
            if (!small.TryGetValue(owner, out var together))
                small[owner] = together = [];
            together.Add(i);
            if (together.Sum(at => parameters[at].ByteCount) < BucketBytes)
                continue;
            Add(together);
            small.Remove(owner);
        }
        foreach (var together in small.Values)
            Add(together);

        void Add(List<int> members)
        {
            foreach (var member in members)
                bucketOf[member] = buckets.Count;
            var like = parameters[members[0]];
            var memory =
                members.Count == 1
                    ? null
                    : TensorScope.Release(Tensor.Empty(like.DType, like.Device, [members.Sum(at => parameters[at].ElementCount)]));
            buckets.Add(new Bucket(members, memory));
        }
    }

    /// <summary>Which parameters had a gradient on this rank, once all buckets are on their way.</summary>
    public IReadOnlyList<bool> Present => isPresent;

    /// <summary>Watches the last forward and backward of an update: what is complete goes on its way.</summary>
    public IDisposable Watch()
    {
        Start();
        return Gradients.Watch(parameters, Complete);
    }

    /// <summary>Sends what is left, whatever a backward reached.</summary>
    public void Flush()
    {
        if (begun == 0)
            Start();
        for (; begun < buckets.Count; begun++)
            Begin(buckets[begun]);
    }

    /// <summary>Waits for the sums and puts them in the gradients' place.</summary>
    /// <param name="isAnywhere">Of each parameter whether any rank had a gradient; where none had, there is none afterwards,
    /// as on ranks that do not get its sum.</param>
    public void Take(Func<int, bool> isAnywhere)
    {
        foreach (var bucket in buckets)
        {
            bucket.Pending!.Wait();
            var at = 0L;
            foreach (var member in bucket.Members)
            {
                if ((owners is not null && owners[member] != ranks.Rank) || !isAnywhere(member))
                    Gradients.Clear([parameters[member]]);
                else if (bucket.Memory is not null)
                    Gradients.CopyFrom(parameters[member], bucket.Memory, at);
                at += parameters[member].ElementCount;
            }
        }
        begun = 0;
    }

    public void Dispose()
    {
        foreach (var bucket in buckets)
            bucket.Memory?.Dispose();
    }

    private void Start()
    {
        foreach (var bucket in buckets)
            bucket.Missing = bucket.Members.Count;
        begun = 0;
    }

    // Every rank sums the buckets in their order, whichever is complete first.
    private void Complete(int parameter)
    {
        buckets[bucketOf[parameter]].Missing--;
        for (; begun < buckets.Count && buckets[begun].Missing == 0; begun++)
            Begin(buckets[begun]);
    }

    private void Begin(Bucket bucket)
    {
        var count = 0L;
        foreach (var member in bucket.Members)
        {
            using (var gradient = parameters[member].Grad)
                isPresent[member] = gradient is not null;
            if (bucket.Memory is not null)
                Gradients.CopyTo(parameters[member], bucket.Memory, count);
            count += parameters[member].ElementCount;
        }
        var first = bucket.Members[0];
        var (address, isDouble) = (
            bucket.Memory?.AddressToOverwrite() ?? Gradients.AddressOf(parameters[first]),
            parameters[first].DType == DType.Float64
        );
        bucket.Pending = owners is null
            ? ranks.OfTensors.BeginAllReduce(address, count, isDouble)
            : ranks.OfTensors.BeginReduce(address, count, isDouble, owners[first]);
    }

    private sealed class Bucket(List<int> members, Tensor? memory)
    {
        public List<int> Members => members;

        /// <summary>Where small gradients lie together; null for one that is summed in its own place.</summary>
        public Tensor? Memory => memory;

        public int Missing { get; set; }

        public IPending? Pending { get; set; }
    }
}
