using System.Text.Json.Nodes;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Testing;

namespace Assay.Report.Tests.Browser;

/// <summary>
/// The page in a real browser: nothing fetched, nothing complained of, nothing beyond a phone's edge, everything in print. Pictures go to
/// <c>artifacts/report</c> to be looked at.
/// </summary>
public sealed class BrowserTests
{
    private const int Phone = 360,
        Desk = 1280,
        Paper = 718;

    /// <summary>Boxes of tables that are wider than their room, by caption.</summary>
    private const string CutTables =
        "[...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.getAttribute('aria-label'))";

    /// <summary>Codes in tables (paths, hashes) that reach over the edge of their cell, into the next column.</summary>
    private const string Overlapping =
        "[...document.querySelectorAll('th code, td code')].filter(code => code.getBoundingClientRect().right > code.closest('th, td').getBoundingClientRect().right + 1).map(code => code.textContent)";

    private const string Hidden =
        "[...document.querySelectorAll('details > *:not(summary)')].filter(part => !part.checkVisibility({contentVisibilityAuto: true}) || part.getBoundingClientRect().height === 0).length";

    private static string Folder { get; } =
        Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "report")).FullName;

    private static string Write(string name, string page)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, page);
        return path;
    }

    /// <summary>What the page asked for besides itself, and what the browser complained of.</summary>
    private static IEnumerable<string> Disturbances(HeadlessBrowser browser, string path) =>
        browser
            .Events.Select(happened =>
                (string?)happened["method"] switch
                {
                    "Network.requestWillBeSent" => (string?)happened["params"]!["request"]!["url"] is { } url
                    && url != new Uri(path).AbsoluteUri
                        ? "asks for " + url
                        : null,
                    "Log.entryAdded" => "log: " + happened["params"]!["entry"]!["text"],
                    "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" => happened.ToJsonString(),
                    _ => null,
                }
            )
            .OfType<string>();

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(text => text!.GetValue<string>())];

    [BrowserFact]
    public async Task The_page_is_whole_on_a_desk_on_a_phone_in_the_dark_and_on_paper()
    {
        var path = Write("report.html", ModelPage.Render(SampleEvidence.Whole()));
        await using var browser = await HeadlessBrowser.Start();
        var backgrounds = new List<string>();
        foreach (
            var (width, scheme, name) in new[]
            {
                (Desk, "light", "desk"),
                (Phone, "light", "phone"),
                (Phone, "dark", "phone-dark"),
                (Desk, "dark", "desk-dark"),
            }
        )
        {
            await browser.Look(width, scheme);
            await browser.Open(path);
            await browser.Screenshot(Path.Combine(Folder, name + ".png"));
            Assert.Empty(Disturbances(browser, path));
            Assert.Equal(0, (int)(await browser.Evaluate(HeadlessBrowser.Overflow))!);
            Assert.Empty(Texts(await browser.Evaluate(HeadlessBrowser.Faint)));
            backgrounds.Add((string)(await browser.Evaluate("getComputedStyle(document.body).backgroundColor"))!);
        }
        Assert.Equal(backgrounds[1], backgrounds[0]);
        Assert.NotEqual(backgrounds[1], backgrounds[2]);

        await browser.Look(Paper, medium: "print");
        await browser.Open(path, "#everything");
        Assert.Equal(0, (int)(await browser.Evaluate(Hidden))!);
        Assert.Empty(Texts(await browser.Evaluate(CutTables)));
        await browser.Screenshot(Path.Combine(Folder, "paper.png"));
        await browser.Print(Path.Combine(Folder, "report.pdf"));
        Assert.Equal("%PDF"u8.ToArray(), File.ReadAllBytes(Path.Combine(Folder, "report.pdf"))[..4]);
    }

    [BrowserFact]
    public async Task Printed_the_page_is_a_summary_of_two_pages_unless_everything_is_asked_for()
    {
        // As many checks as there are of a model, all of them failed, each with a long reason.
        var story = SampleEvidence.Whole();
        var items = story.Evidence.Items.Select(item =>
            item.Evidence is GateEvidence gate
                ? item with
                {
                    Evidence = gate with
                    {
                        Checks =
                        [
                            .. GateCheckKinds
                                .All.Where(kind => !SignalChecks.Any(of => kind.Name.StartsWith(of, StringComparison.Ordinal)))
                                .Select(kind =>
                                    gate.Checks[1] with
                                    {
                                        Name = kind.Part is null ? kind.Name : kind.Name + ".part",
                                        Reason = string.Concat(Enumerable.Repeat("the model pays for length; ", 10)),
                                    }
                                ),
                        ],
                    },
                }
                : item
        );
        story = story with { Evidence = new EvidenceSet { Items = [.. items] } };
        string path = Write("report.html", ModelPage.Render(story)),
            pdf = Path.Combine(Folder, "summary.pdf");
        await using var browser = await HeadlessBrowser.Start();
        await browser.Open(path);
        await browser.Print(pdf);
        Assert.InRange(Pages(pdf), 1, 2);
        await browser.Open(path, "#everything");
        await browser.Print(pdf);
        Assert.True(Pages(pdf) > 4, $"{Pages(pdf)} pages");
        File.Delete(pdf);
    }

    /// <summary>Pages of a PDF, whose page objects Chromium does not compress.</summary>
    private static int Pages(string pdf) =>
        System.Text.RegularExpressions.Regex.Count(System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(pdf)), @"/Type\s*/Page\b(?!s)");

    // A policy asks them of another kind of signal.
    private static readonly string[] SignalChecks = ["judge_", "master_keys", "verifier_", "process_"];

    [BrowserFact]
    public async Task The_table_of_checks_is_whole_at_every_width_with_no_word_broken()
    {
        var path = Write("report.html", ModelPage.Render(SampleEvidence.Whole()));
        await using var browser = await HeadlessBrowser.Start();
        foreach (var width in new[] { 1200, 800, 390 })
        {
            await browser.Look(width);
            await browser.Open(path);
            Assert.Equal(0, (int)(await browser.Evaluate(CutGate))!);
            Assert.Empty(Texts(await browser.Evaluate(BrokenWords)));
        }
        // The measures see a table that is cut and a word that is broken.
        await browser.Evaluate(
            "document.querySelector('table.stacked').style.width = '3000px', document.querySelector('table.stacked tbody th').style.width = '3000px'"
        );
        Assert.Equal(1, (int)(await browser.Evaluate(CutGate))!);
        await browser.Evaluate(
            "(() => { const code = document.querySelector('table.stacked code'); code.style.display = 'block'; code.style.width = '3em'; code.style.overflowWrap = 'anywhere' })()"
        );
        Assert.NotEmpty(Texts(await browser.Evaluate(BrokenWords)));
    }

    private const string CutGate =
        "[...document.querySelectorAll('.scroll')].filter(box => box.querySelector('table.stacked') && box.scrollWidth > box.clientWidth + 1).length";

    /// <summary>Names of checks that stand on two lines.</summary>
    private const string BrokenWords =
        "[...document.querySelectorAll('table.stacked tbody code')].filter(code => code.getBoundingClientRect().height > 1.9 * parseFloat(getComputedStyle(code).lineHeight)).map(code => code.textContent)";

    [BrowserFact]
    public async Task Charts_are_as_wide_as_their_column()
    {
        await using var browser = await HeadlessBrowser.Start();
        foreach (var width in new[] { 1200, 390 })
        {
            await browser.Look(width);
            await browser.Open(Write("report.html", ModelPage.Render(SampleEvidence.Whole())));
            Assert.InRange(
                (int)(await browser.Evaluate("document.querySelectorAll('.charts figure svg:not(.long)').length"))!,
                3,
                int.MaxValue
            );
            Assert.Equal(
                0,
                (int)
                    (
                        await browser.Evaluate(
                            "[...document.querySelectorAll('.charts figure svg:not(.long)')].filter(svg => Math.abs(svg.getBoundingClientRect().width - svg.parentElement.getBoundingClientRect().width) > 1).length"
                        )
                    )!
            );
        }
    }

    [BrowserFact]
    public async Task Every_table_that_scrolls_is_reached_by_the_keyboard_and_the_skip_link_shows_itself()
    {
        var path = Write("report.html", ModelPage.Render(SampleEvidence.Whole()));
        await using var browser = await HeadlessBrowser.Start();
        await browser.Look(Phone);
        await browser.Open(path);
        Assert.NotEmpty(Texts(await browser.Evaluate(CutTables))); // on a phone some do scroll
        Assert.Equal(
            0,
            (int)
                (
                    await browser.Evaluate(
                        "[...document.querySelectorAll('*')].filter(e => /auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1 && e.tabIndex !== 0 && e !== document.documentElement).length"
                    )
                )!
        );
        const string Left = "document.querySelector('.skip').getBoundingClientRect().left";
        Assert.True((double)(await browser.Evaluate(Left))! < 0);
        Assert.True((double)(await browser.Evaluate($"document.querySelector('.skip').focus(), {Left}"))! >= 0);
    }

    [BrowserFact]
    public async Task A_long_path_stays_in_its_column()
    {
        string longPath =
                "/mnt/shared/preference-data/2026-11/"
                + string.Join('/', Enumerable.Repeat("support_conversations_reviewed", 4))
                + ".jsonl.gz",
            whole = ModelPage.Render(SampleEvidence.Whole(SampleEvidence.Eval() with { Inputs = [new(longPath, new string('9', 64))] }));
        const string Style = "</style>";
        await using var browser = await HeadlessBrowser.Start();
        foreach (var width in new[] { 1200, Phone })
        {
            await browser.Look(width);
            await browser.Open(Write("paths.html", whole));
            Assert.Empty(Texts(await browser.Evaluate(Overlapping)));
            await browser.Open(Write("paths.html", whole.Replace(Style, "th code,td code{white-space:nowrap}" + Style)));
            Assert.Contains(longPath, Texts(await browser.Evaluate(Overlapping))); // the measure sees it
        }
        File.Delete(Path.Combine(Folder, "paths.html"));
    }

    [BrowserFact]
    public async Task The_page_of_check_is_whole_on_a_phone_too()
    {
        string folder = Directory.CreateTempSubdirectory("assay-page-").FullName,
            data = Path.Combine(folder, "pairs.jsonl");
        File.WriteAllLines(
            data,
            Enumerable
                .Range(1, 60)
                .Select(i =>
                    $$"""{"prompt": "question {{i}}", "chosen": "{{new string('a', i * i)}}", "rejected": "b{{i}}", "source": "s{{i % 4}}"}"""
                )
                .Append("""{"prompt": "p", "chosen": "same", "rejected": "same"}""")
        );
        string page = CheckPage.Render(
                Data.Checking.DataChecker.Run(
                    new Data.Checking.CheckOptions { Files = [data], OutputDirectory = Path.Combine(folder, "checked") }
                )
            ),
            path = Write("check.html", page);
        Directory.Delete(folder, recursive: true);
        Assert.Empty(PageCheck.Faults(page));
        await using var browser = await HeadlessBrowser.Start();
        await browser.Look(Phone);
        await browser.Open(path);
        await browser.Screenshot(Path.Combine(Folder, "check-phone.png"));
        Assert.Empty(Disturbances(browser, path));
        Assert.Equal(0, (int)(await browser.Evaluate(HeadlessBrowser.Overflow))!);
        Assert.Empty(Texts(await browser.Evaluate(HeadlessBrowser.Faint)));
    }

    [BrowserFact]
    public async Task A_page_that_fetches_complains_overflows_hides_or_fades_is_seen()
    {
        var path = Write(
            "broken.html",
            """
            <!DOCTYPE html><html><head><meta name="viewport" content="width=device-width"/><title>x</title></head><body style="background:#fff"><img src="http://127.0.0.1:9/x.png"/><div style="width:900px">wide</div><p style="color:#bbb">faint</p>
            <details><summary>s</summary><p>hidden</p></details><div class="scroll" aria-label="cut" style="overflow-x:auto"><div style="width:2000px">t</div></div><script>console.log('said')</script></body></html>
            """
        );
        await using var browser = await HeadlessBrowser.Start();
        await browser.Look(Phone);
        await browser.Open(path);
        string[] disturbances = [.. Disturbances(browser, path)];
        Assert.Contains(disturbances, text => text.StartsWith("asks for http://127.0.0.1:9/"));
        Assert.Contains(disturbances, text => text.Contains("said"));
        Assert.True((int)(await browser.Evaluate(HeadlessBrowser.Overflow))! > 0);
        Assert.Equal(1, (int)(await browser.Evaluate(Hidden))!);
        Assert.Equal(["cut"], Texts(await browser.Evaluate(CutTables)));
        Assert.Contains(Texts(await browser.Evaluate(HeadlessBrowser.Faint)), text => text.StartsWith("p."));
        File.Delete(path);
    }
}
