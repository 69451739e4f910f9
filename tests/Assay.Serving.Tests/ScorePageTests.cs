using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Testing;
using static Assay.Serving.Tests.SmallRewardModel;

namespace Assay.Serving.Tests;

/// <summary>The page at / in a real browser, on a desk and on a phone, without a network.</summary>
public sealed class ScorePageTests
{
    private const string Hostile = "<img src=x onerror=\"document.title='taken'\">";

    /// <summary>Fills the page as a person with a keyboard does, and waits for the scores or the problem.</summary>
    private const string Fill = """
        (async () => {
          document.getElementById('prompt').value = 'is water wet';
          const answers = ANSWERS;
          while (document.querySelectorAll('#answers textarea').length < answers.length) document.getElementById('add').click();
          document.querySelectorAll('#answers textarea').forEach((text, i) => text.value = answers[i]);
          document.getElementById('problem').textContent = document.getElementById('done').textContent = '';
          document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true }));
          for (let i = 0; i < 600 && !document.getElementById('done').textContent && !document.getElementById('problem').textContent; i++) await new Promise(done => setTimeout(done, 20));
          return document.getElementById('problem').textContent;
        })()
        """;

    private static string Filled(params string[] answers) =>
        Fill.Replace("ANSWERS", new JsonArray([.. answers.Select(answer => (JsonNode)answer)]).ToJsonString(), StringComparison.Ordinal);

    [BrowserFact]
    public async Task It_shows_scores_ranks_and_the_scored_token_and_asks_nobody_but_its_server()
    {
        await using var server = await RunningServer.Start();
        await using var browser = await HeadlessBrowser.Start();
        foreach (var (width, scheme) in new[] { (1280, "light"), (360, "light"), (360, "dark") })
        {
            await browser.Look(width, scheme);
            await browser.OpenAt(server.Server.Address.AbsoluteUri);
            Assert.Equal("", (string)(await browser.Evaluate(Filled("yes of course", "no never", Hostile)))!);
            double[] expected =
            [
                .. new[] { "yes of course", "no never", Hostile }
                    .Select(answer => (double)server.ScoreOf(Turns("is water wet", answer)))
                    .OrderDescending(),
            ];
            var rows = (
                await browser.Evaluate(
                    "[...document.querySelectorAll('#results li')].map(row => [...row.querySelectorAll('b')].map(b => b.textContent).concat(row.querySelectorAll('.scored').length, row.querySelectorAll('.tokens span').length, row.querySelector('summary').textContent))"
                )
            )!.AsArray();
            Assert.Equal(3, rows.Count);
            for (var i = 0; i < rows.Count; i++)
            {
                Assert.Equal($"#{i + 1}", (string)rows[i]![0]!);
                Assert.Equal(expected[i], double.Parse((string)rows[i]![1]!, CultureInfo.InvariantCulture), 1e-3);
                Assert.Equal(1, (int)rows[i]![2]!);
                Assert.StartsWith($"{(int)rows[i]![3]!} tokens", (string)rows[i]![4]!, StringComparison.Ordinal);
            }
            Assert.Equal("Scores of answers", (string)(await browser.Evaluate("document.title"))!);
            Assert.Contains(
                "No gate has judged it",
                (string)(await browser.Evaluate("document.getElementById('model').textContent"))!,
                StringComparison.Ordinal
            );
            Assert.Equal(0, (int)(await browser.Evaluate(HeadlessBrowser.Overflow))!);
            Assert.Empty((await browser.Evaluate(HeadlessBrowser.Faint))!.AsArray());
            Assert.All(
                browser
                    .Events.Where(happened => (string?)happened["method"] == "Network.requestWillBeSent")
                    .Select(happened => (string)happened["params"]!["request"]!["url"]!),
                url => Assert.True(url.StartsWith(server.Server.Address.AbsoluteUri, StringComparison.Ordinal), url),
                throwIfEmpty: true
            );
            Assert.DoesNotContain(
                browser.Events,
                happened => (string?)happened["method"] is "Runtime.consoleAPICalled" or "Runtime.exceptionThrown"
            );
        }
    }

    [BrowserFact]
    public async Task A_key_is_asked_for_where_the_server_wants_one_and_a_problem_is_shown()
    {
        await using var server = await RunningServer.Start(RunningServer.Options with { ApiKeys = ["secret"], MaxItems = 2 });
        await using var browser = await HeadlessBrowser.Start();
        await browser.OpenAt(server.Server.Address.AbsoluteUri);
        Assert.Contains("API key", (string)(await browser.Evaluate(Filled("yes", "no")))!, StringComparison.Ordinal);
        Assert.False((bool)(await browser.Evaluate("document.getElementById('keys').hidden"))!);
        await browser.Evaluate("document.getElementById('key').value = 'secret'");
        Assert.Equal("", (string)(await browser.Evaluate(Filled("yes", "no")))!);
        Assert.Contains("at most 2", (string)(await browser.Evaluate(Filled("yes", "no", "perhaps")))!, StringComparison.Ordinal);
    }
}
