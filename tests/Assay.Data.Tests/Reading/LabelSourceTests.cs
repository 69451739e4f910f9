using Assay.Data.Reading;

namespace Assay.Data.Tests.Reading;

/// <summary>Who stands behind a label, who wrote the answers, and with which probability the pair was drawn.</summary>
public class LabelSourceTests
{
    private static PairRow Read(string members)
    {
        using var folder = new TemporaryFolder();
        using var reader = PairReader.Open(folder.Write("rows.jsonl", $$"""{"prompt":"p","chosen":"yes","rejected":"no"{{members}}}"""));
        return Assert.Single(reader.Read());
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(""","label_source":"human" """, LabelSource.Human)]
    [InlineData(""","labelled_by":"Model" """, LabelSource.Model)]
    [InlineData(""","labeled_by":"unreviewed" """, LabelSource.Unreviewed)]
    [InlineData(""","reviewed_by":"unknown" """, null)]
    [InlineData(""","reviewed_by":"alice" """, null)]
    [InlineData(""","human_reviewed":true""", LabelSource.Human)]
    [InlineData(""","human_reviewed":"false" """, LabelSource.Unreviewed)]
    [InlineData(""","label_source":"model","human_reviewed":true""", LabelSource.Human)]
    [InlineData(""","label_source":"model","human_reviewed":false""", LabelSource.Model)]
    [InlineData(""","label_source":"human","human_reviewed":false""", LabelSource.Unreviewed)]
    [InlineData(""","meta":{"label_source":"human"}""", LabelSource.Human)]
    [InlineData(""","label_source":"human","provenance":{"label_source":"model"}""", LabelSource.Model)]
    public void A_label_is_as_reviewed_as_its_row_says(string members, LabelSource? wanted) =>
        Assert.Equal(wanted, Read(members).Pair!.Provenance?.LabelSource);

    [Fact]
    public void One_generator_of_a_row_wrote_both_answers()
    {
        var provenance = Read(""","policy":"step-2000" """).Pair!.Provenance!;
        Assert.Equal(("step-2000", "step-2000"), (provenance.ChosenGenerator, provenance.RejectedGenerator));
    }

    [Theory]
    [InlineData("0.25", 0.25)]
    [InlineData("1", 1.0)]
    public void A_sampling_probability_is_read(string text, double wanted) =>
        Assert.Equal(wanted, Read($$""","provenance":{"sampling_probability":{{text}}}""").Pair!.Provenance!.SamplingProbability);

    [Theory]
    [InlineData("0")]
    [InlineData("1.5")]
    [InlineData("\"often\"")]
    public void A_sampling_probability_that_is_none_sets_the_row_aside_instead_of_weighing_it_wrongly(string text)
    {
        var row = Read($$""","sampling_probability":{{text}}""");
        Assert.False(row.IsUsable);
        Assert.Contains("sampling_probability", Assert.Single(row.Findings).Detail);
    }
}
