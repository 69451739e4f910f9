using Assay.Evaluation.Benchmarks;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Benchmarks;

public sealed class BenchmarkDescriptionTests
{
    [Fact]
    public void The_page_lists_every_benchmark_as_the_program_does()
    {
        var page = Repository.Text("docs", "evaluation.md");
        Assert.All(
            BenchmarkDescription.All,
            benchmark =>
            {
                Assert.Contains($"| `{benchmark.Name}` | {benchmark.Headline} | `{benchmark.Revision}` |", page);
                Assert.Contains($"\n- `{benchmark.Name}`: {benchmark.Rows}\n", page);
            },
            throwIfEmpty: true
        );
    }

    [Fact]
    public void Every_kind_is_described_once() =>
        Assert.Equal(Enum.GetValues<BenchmarkKind>(), BenchmarkDescription.All.Select(benchmark => benchmark.Kind));
}
