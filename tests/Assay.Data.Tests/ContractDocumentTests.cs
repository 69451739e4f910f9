using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Testing;

namespace Assay.Data.Tests;

public class ContractDocumentTests
{
    [Fact]
    public void The_page_lists_every_reason_with_its_meaning_and_every_format_with_its_rule()
    {
        var page = Repository.Text("docs", "contract.md");
        Assert.All(Reasons.All, entry => Assert.Contains($"| `{entry.Code}` | {entry.Meaning} |", page), throwIfEmpty: true);
        Assert.All(PairFormat.All, entry => Assert.Contains($"| `{entry.Name}` |", page), throwIfEmpty: true);
        Assert.All(PairFormat.All, entry => Assert.Contains(entry.Rule, page), throwIfEmpty: true);
    }

    [Fact]
    public void The_table_of_reasons_is_in_the_order_of_the_enumeration() =>
        Assert.Equal(Enum.GetValues<Reason>(), Reasons.All.Select(entry => entry.Reason));
}
