using System.Text.Json;
using System.Xml.Linq;
using Assay.Evaluation;
using Assay.Evaluation.Comparison;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;

namespace Assay.Report.Tests;

/// <summary>
/// What stands on the page beside evidence of the one model: a comparison of several, and whether the verdict is as the gate sealed it.
/// </summary>
public sealed class ComparisonTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Write(string name, IEvidence evidence) => Write(name, EvidenceFile.ToJson(evidence));

    private string Write(string name, ComparisonReport report) => Write(name, JsonSerializer.Serialize(report, EvaluationJson.Options));

    private static string Page(EvidenceSet set) =>
        ModelPage.Render(
            new ModelStory
            {
                Evidence = set,
                Training = null,
                Remarks = [],
                Time = "now",
            }
        );

    private static string[] Column(string page, string caption, int column) =>
        [
            .. PageCheck
                .Parse(page)
                .Descendants("table")
                .Single(table => table.Element("caption")!.Value == caption)
                .Element("tbody")!
                .Elements("tr")
                .Select(row => row.Elements().ElementAt(column).Value),
        ];

    [Fact]
    public void A_comparison_in_the_folder_is_drawn_with_the_model_named_and_noise_told_from_real()
    {
        Write("eval.json", SampleEvidence.Eval());
        Write("compare.json", SampleEvidence.Comparison());
        var set = EvidenceSet.Read([_folder]);
        var page = Page(set);
        Assert.Empty(PageCheck.Faults(page));
        Assert.Single(set.Items);
        Assert.Empty(set.Doubts());
        Assert.Equal(["support-reward (this model)", "support_reward_2", "coin"], Column(page, "Models by rank", 0));
        Assert.Equal(["best", "may be noise", "worse"], Column(page, "Models by rank", 8));
        Assert.Equal(["? noise", "✓ real", "✓ real"], Column(page, "Differences of accuracy", 1));
        Assert.Contains(set.Comparison!.File.Sha256, page);
        File.Delete(Path.Combine(_folder, "compare.json"));
        Assert.Contains("<code>assay compare", Page(EvidenceSet.Read([_folder])));
    }

    [Fact]
    public void A_comparison_without_the_model_is_drawn_with_a_remark()
    {
        string eval = Write(
                "eval.json",
                SampleEvidence.Eval() with
                {
                    Subject = SampleEvidence.Subject with { Name = "other", Fingerprint = new string('e', 64) },
                }
            ),
            compare = Write("compare.json", SampleEvidence.Comparison());
        var set = EvidenceSet.Read([eval, compare]);
        Assert.Contains(
            "compares support-reward, support_reward_2, coin: that one of them is other is not proven",
            Assert.Single(set.Doubts())
        );
        Assert.DoesNotContain("(this model)", Page(set));
        Assert.Contains("is not proven, none has its fingerprint", Page(set));
    }

    [Fact]
    public void Scores_made_elsewhere_are_known_by_their_file()
    {
        var report = SampleEvidence.Comparison();
        var scores = report.Models.Single(model => model.Name == "coin").Scores.Sha256;
        EvidenceSet set = new()
        {
            Items =
            [
                new(new("eval.json", ""), SampleEvidence.Eval() with { Subject = new("coin", "coin/scores.csv", "scores:" + scores) }),
            ],
            Comparison = new(new("compare.json", ""), report),
        };
        Assert.Empty(set.Doubts());
        Assert.Equal("coin (this model)", Column(Page(set), "Models by rank", 0)[2]);
    }

    [Fact]
    public void A_comparison_alone_a_second_one_and_a_broken_one_are_refused_by_name()
    {
        string compare = Write("compare.json", SampleEvidence.Comparison()),
            second = Write("second.json", SampleEvidence.Comparison()),
            eval = Write("eval.json", SampleEvidence.Eval());
        Assert.Contains(
            "compare.json compares several models",
            Assert.Throws<EvaluationException>(() => EvidenceSet.Read([compare])).Message
        );
        Assert.Contains(
            "second.json are both assay.compare/1",
            Assert.Throws<EvaluationException>(() => EvidenceSet.Read([eval, compare, second])).Message
        );
        Write("second.json", """{"format": "assay.compare/1", "pairs": 3}""");
        Assert.Contains("second.json", Assert.Throws<EvaluationException>(() => EvidenceSet.Read([eval, second])).Message);
        Assert.NotNull(EvidenceSet.Read([eval, compare]).Comparison);
    }

    [Fact]
    public void An_edited_verdict_is_warned_of_before_it_is_shown_and_a_sealed_one_is_not()
    {
        var text = EvidenceFile.ToJson(GateSeal.On(SampleEvidence.Gate()));
        EvidenceSet Read(string gate) => EvidenceSet.Read([Write("gate.json", gate)]);
        Assert.DoesNotContain("was edited", Page(Read(text)));
        Assert.Contains("<div class=\"verdict is-bad\" role=\"note\"><strong>✗ NOT READY", Page(Read(text)));
        var edited = text.Replace(
            "\"verdict\": \"not_ready\",\n  \"checks\"",
            "\"verdict\": \"ready\",\n  \"checks\"",
            StringComparison.Ordinal
        );
        Assert.NotEqual(text, edited);
        var page = Page(Read(edited));
        Assert.Empty(PageCheck.Faults(page));
        XElement[] parts = [.. PageCheck.Parse(page).Descendants("main").Single().Elements().Take(2)];
        Assert.Contains("the verdict was edited after the gate sealed it", parts[0].Value);
        Assert.Equal("warning", parts[0].Attribute("class")!.Value);
        Assert.Equal("verdict is-open", parts[1].Attribute("class")!.Value);
        Assert.StartsWith("? Edited, it says: ✓ READY", parts[1].Value);
    }
}
