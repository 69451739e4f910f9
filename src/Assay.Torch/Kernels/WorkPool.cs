using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Assay.Torch.Native;

namespace Assay.Torch.Kernels;

/// <summary>
/// Runs tasks on libtorch's own OpenMP threads: a second pool beside it would take the cores from it, and the other way round. The tasks go
/// out one by one to whichever thread is free, so what a task computes must not depend on who runs it.
/// </summary>
internal static unsafe class WorkPool
{
    /// <summary>How many threads libtorch uses now; workers count from 0 to this, exclusive. Inside a task it is 1.</summary>
    public static int ThreadCount
    {
        get
        {
            LibtorchLoader.EnsureLoaded();
            uint count = 1;
            return Libtorch.torch_get_num_threads(&count) == 0 ? Math.Max(1, (int)count) : 1;
        }
    }

    /// <summary>
    /// Calls <paramref name="body"/>(task, worker) once for each task from 0 to <paramref name="tasks"/>, exclusive, and returns when all
    /// are done. Inside a task it runs on the calling thread alone. The first exception of a body stops the tasks not yet begun and is
    /// thrown here.
    /// </summary>
    public static void Run(int tasks, Action<int, int> body)
    {
        var threads = tasks > 1 ? Math.Min(ThreadCount, tasks) : 1;
        if (threads == 1)
        {
            for (var task = 0; task < tasks; task++)
            {
                body(task, 0);
            }

            return;
        }

        var job = new Job(tasks, body);
        var handle = GCHandle.Alloc(job);
        try
        {
            // One index a thread: libtorch deals out ranges before it starts, which would leave the others waiting for the slowest.
            if (Libtorch.torch_parallel_for(0, threads, 1, &Work, (void*)GCHandle.ToIntPtr(handle)) != 0)
            {
                throw new InvalidOperationException("libtorch could not run work on its threads (torch_parallel_for failed).");
            }
        }
        finally
        {
            handle.Free();
        }

        job.Failure?.Throw();
    }

    [UnmanagedCallersOnly]
    private static void Work(long begin, long end, void* context)
    {
        var job = (Job)GCHandle.FromIntPtr((nint)context).Target!;
        for (var worker = begin; worker < end; worker++)
        {
            job.Work((int)worker);
        }
    }

    private sealed class Job(int tasks, Action<int, int> body)
    {
        private int _next;

        private ExceptionDispatchInfo? _failure;

        public ExceptionDispatchInfo? Failure => _failure;

        /// <summary>Lets no exception out: there is native code below, which cannot carry it.</summary>
        public void Work(int worker)
        {
            try
            {
                for (int task; _failure is null && (task = Interlocked.Increment(ref _next) - 1) < tasks; )
                {
                    body(task, worker);
                }
            }
            catch (Exception failure)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
            }
        }
    }
}
