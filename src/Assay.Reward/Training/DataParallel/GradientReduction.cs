using System.Runtime.InteropServices;
using Assay.Ranks;
using Assay.Torch;
using Assay.Torch.Optim;

namespace Assay.Reward.Training.DataParallel;

/// <summary>
/// Sums the gradients of all ranks in buckets, last layers first, each as soon as it is complete, while the backward goes on (as PyTorch's
/// DistributedDataParallel, Li et al. 2020, arXiv 2006.15704). A large gradient is summed where it lies, small ones lie together in a
/// bucket of their own.
/// </summary>
internal sealed unsafe class GradientReduction : IDisposable
{
    /// <summary>
    /// Bytes from which on a gradient goes by itself, and at which a bucket of small ones is full: much below it a sum costs what a message
    /// does.
    /// </summary>
    private const long BucketBytes = 1 << 20;

    private readonly Communicator ranks;
    private readonly IReadOnlyList<Tensor> parameters;
    private readonly List<Bucket> buckets = [];
    private readonly int[] bucketOf;
    private readonly bool[] isPresent;
    private int begun;

    /// <param name="ranks">Two or more.</param>
    /// <param name="parameters">On the host; the same on every rank.</param>
    public GradientReduction(Communicator ranks, IReadOnlyList<Tensor> parameters)
    {
        (this.ranks, this.parameters) = (ranks, parameters);
        (bucketOf, isPresent) = (new int[parameters.Count], new bool[parameters.Count]);
        var small = new List<int>();
        for (var i = parameters.Count - 1; i >= 0; i--)
        {
            if (parameters[i].ByteCount >= BucketBytes || parameters[i].DType != parameters[^1].DType)
                Add([i]);
            else
                small.Add(i);
            if (small.Sum(at => parameters[at].ByteCount) < BucketBytes && (i > 0 || small.Count == 0))
                continue;
            Add(small);
            small = [];
        }

        void Add(List<int> members)
        {
            foreach (var member in members)
                bucketOf[member] = buckets.Count;
            buckets.Add(
                new Bucket(members, members.Count == 1 ? 0 : (nint)NativeMemory.Alloc((nuint)members.Sum(at => parameters[at].ByteCount)))
            );
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
    /// <param name="isAnywhere">Of each parameter whether any rank had a gradient; where none had, there is none afterwards.</param>
    public void Take(Func<int, bool> isAnywhere)
    {
        foreach (var bucket in buckets)
        {
            bucket.Pending!.Wait();
            var at = bucket.Memory;
            foreach (var member in bucket.Members)
            {
                var bytes = parameters[member].ByteCount;
                if (bucket.Memory != 0)
                    Buffer.MemoryCopy((void*)at, (void*)Gradients.AddressOf(parameters[member]), bytes, bytes);
                at += (nint)bytes;
                if (!isAnywhere(member))
                    Gradients.Clear([parameters[member]]);
            }
        }
        begun = 0;
    }

    public void Dispose()
    {
        foreach (var bucket in buckets)
            NativeMemory.Free((void*)bucket.Memory);
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
        var (next, count) = (bucket.Memory, 0L);
        foreach (var member in bucket.Members)
        {
            using (var gradient = parameters[member].Grad)
                isPresent[member] = gradient is not null;
            var (own, bytes) = (Gradients.AddressOf(parameters[member]), parameters[member].ByteCount);
            if (bucket.Memory != 0)
                Buffer.MemoryCopy((void*)own, (void*)next, bytes, bytes);
            next += (nint)bytes;
            count += parameters[member].ElementCount;
        }
        bucket.Pending = ranks.BeginAllReduce(
            bucket.Memory != 0 ? bucket.Memory : Gradients.AddressOf(parameters[bucket.Members[0]]),
            count,
            parameters[bucket.Members[0]].DType == DType.Float64
        );
    }

    private sealed class Bucket(List<int> members, nint memory)
    {
        public List<int> Members => members;

        /// <summary>Where small gradients lie together; 0 for one that is summed in its own place.</summary>
        public nint Memory => memory;

        public int Missing { get; set; }

        public IPending? Pending { get; set; }
    }
}
