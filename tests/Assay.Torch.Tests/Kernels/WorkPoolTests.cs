using Assay.Torch.Kernels;

namespace Assay.Torch.Tests.Kernels;

public sealed class WorkPoolTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void Every_task_runs_once(int tasks)
    {
        var runs = new int[tasks];
        var threads = WorkPool.ThreadCount;
        WorkPool.Run(
            tasks,
            (task, worker) =>
            {
                Assert.InRange(worker, 0, threads - 1);
                Interlocked.Increment(ref runs[task]);
            }
        );
        Assert.All(runs, count => Assert.Equal(1, count), throwIfEmpty: tasks > 0);
    }

    [Fact]
    public void A_task_may_start_others()
    {
        var runs = 0;
        WorkPool.Run(8, (_, _) => WorkPool.Run(8, (_, _) => Interlocked.Increment(ref runs)));
        Assert.Equal(64, runs);
    }

    [Fact]
    public void An_exception_arrives_where_the_work_was_asked_for_and_the_pool_goes_on()
    {
        var error = Assert.Throws<FormatException>(() =>
            WorkPool.Run(
                100,
                (task, _) =>
                {
                    if (task == 7)
                        throw new FormatException("seven");
                }
            )
        );
        Assert.Equal("seven", error.Message);
        Every_task_runs_once(100);
    }
}
