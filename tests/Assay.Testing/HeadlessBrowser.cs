using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Assay.Testing;

/// <summary>A headless Chromium with one page, spoken to by the DevTools protocol, which a page's content policy does not bind.</summary>
public sealed class HeadlessBrowser : IAsyncDisposable
{
    /// <summary>How much wider the page is than its window, in CSS pixels.</summary>
    public const string Overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

    /// <summary>Texts whose contrast to what is painted behind them is under 4.5 (WCAG AA), with the contrast.</summary>
    public const string Faint = """
        (() => {
          const parse = c => { const n = c.match(/[\d.]+/g).map(Number); return { rgb: n.slice(0, 3), a: n.length > 3 ? n[3] : 1 } };
          const light = rgb => { const [r, g, b] = rgb.map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
          const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a === 1) return c.rgb } return [255, 255, 255] };
          const faint = new Map();
          for (const e of document.querySelectorAll('body *')) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || ['title', 'desc', 'style'].includes(e.localName)) continue;
            const style = getComputedStyle(e), one = light(parse(e.localName === 'text' ? style.fill : style.color).rgb), two = light(behind(e));
            const contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
            if (contrast < 4.5) faint.set(e.localName + '.' + (e.getAttribute('class') ?? ''), contrast.toFixed(2));
          }
          return [...faint].map(f => f.join(' '));
        })()
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly Process _process;
    private int _sent;

    private HeadlessBrowser(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>The browser on this machine, or null.</summary>
    public static string? Program { get; } = Find();

    /// <summary>What the page said since it was opened, as the protocol names it: requests, console, errors.</summary>
    public List<JsonNode> Events { get; } = [];

    public static async Task<HeadlessBrowser> Start()
    {
        var profile = Directory.CreateTempSubdirectory("assay-browser-").FullName;
        var process = Process.Start(
            new ProcessStartInfo(
                Program
                    ?? throw new InvalidOperationException(
                        "no Chromium found on the path, and ASSAY_NEEDS_BROWSER=1 wants one: run ./run browser"
                    ),
                [
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--disable-extensions",
                    "--hide-scrollbars",
                    "--remote-debugging-port=0",
                    $"--user-data-dir={profile}",
                    "about:blank",
                ]
            )
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                // Killed, it leaves folders of its own in the temporary one: they go with its profile.
                Environment = { ["TMPDIR"] = profile },
            }
        )!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var browser = new HeadlessBrowser(process, profile);
        using var patience = new CancellationTokenSource(Patience);
        var portFile = Path.Combine(profile, "DevToolsActivePort");
        while (!File.Exists(portFile) || File.ReadAllLines(portFile).Length < 2)
            await Task.Delay(50, patience.Token);
        using var http = new HttpClient();
        var pages = await http.GetStringAsync($"http://127.0.0.1:{File.ReadAllLines(portFile)[0]}/json/list", patience.Token);
        var address = JsonNode.Parse(pages)!.AsArray().First(page => (string?)page!["type"] == "page")![
            "webSocketDebuggerUrl"
        ]!.GetValue<string>();
        await browser._socket.ConnectAsync(new Uri(address), patience.Token);
        foreach (var domain in new[] { "Page", "Runtime", "Network", "Log" })
            await browser.Send($"{domain}.enable");
        await browser.Send("Emulation.setFocusEmulationEnabled", new JsonObject { ["enabled"] = true });
        return browser;
    }

    /// <summary>Sets the screen: its width in CSS pixels, whether it prefers dark, and the medium.</summary>
    public async Task Look(int width, string scheme = "light", string medium = "screen")
    {
        await Send(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject
            {
                ["width"] = width,
                ["height"] = 900,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = width < 600,
            }
        );
        await Send(
            "Emulation.setEmulatedMedia",
            new JsonObject
            {
                ["media"] = medium,
                ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }),
            }
        );
    }

    /// <summary>Opens a file and waits until it is loaded.</summary>
    /// <param name="path">The file.</param>
    /// <param name="anchor">With its #, or nothing.</param>
    public Task Open(string path, string anchor = "") => OpenAt(new Uri(Path.GetFullPath(path)).AbsoluteUri + anchor);

    /// <summary>Opens an address and waits until it is loaded.</summary>
    public async Task OpenAt(string address)
    {
        // A change of the anchor alone would load nothing.
        Events.Clear();
        await Send("Page.navigate", new JsonObject { ["url"] = "about:blank" });
        while (!Events.Any(happened => (string?)happened["method"] == "Page.loadEventFired"))
            Note(await Receive());
        Events.Clear();
        await Send("Page.navigate", new JsonObject { ["url"] = address });
        while (!Events.Any(happened => (string?)happened["method"] == "Page.loadEventFired"))
            Note(await Receive());
        Events.RemoveAll(happened => (string?)happened["params"]?["request"]?["url"] == "about:blank");
        await Evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))");
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<JsonNode?> Evaluate(string expression)
    {
        var result = await Send(
            "Runtime.evaluate",
            new JsonObject
            {
                ["expression"] = expression,
                ["returnByValue"] = true,
                ["awaitPromise"] = true,
            }
        );
        return result["exceptionDetails"] is { } error
            ? throw new InvalidOperationException(error.ToJsonString())
            : result["result"]!["value"];
    }

    /// <summary>The whole page as a picture, or the part of one element.</summary>
    public async Task Screenshot(string path, string selector = "html")
    {
        var box = (
            await Evaluate(
                $"(() => {{ const r = document.querySelector('{selector}').getBoundingClientRect(); return {{ x: r.x + scrollX, y: r.y + scrollY, width: r.width, height: Math.min(r.height, 16000), scale: 1 }} }})()"
            )
        )!;
        var shot = await Send(
            "Page.captureScreenshot",
            new JsonObject
            {
                ["format"] = "png",
                ["captureBeyondViewport"] = true,
                ["clip"] = box.DeepClone(),
            }
        );
        await File.WriteAllBytesAsync(path, Convert.FromBase64String(shot["data"]!.GetValue<string>()));
    }

    public async Task Print(string path)
    {
        var printed = await Send(
            "Page.printToPDF",
            new JsonObject
            {
                ["paperWidth"] = 8.27,
                ["paperHeight"] = 11.69,
                ["printBackground"] = false,
            }
        );
        await File.WriteAllBytesAsync(path, Convert.FromBase64String(printed["data"]!.GetValue<string>()));
    }

    private async Task<JsonNode> Send(string method, JsonObject? parameters = null)
    {
        var id = ++_sent;
        using var patience = new CancellationTokenSource(Patience);
        var message = System.Text.Encoding.UTF8.GetBytes(
            new JsonObject
            {
                ["id"] = id,
                ["method"] = method,
                ["params"] = parameters ?? [],
            }.ToJsonString()
        );
        await _socket.SendAsync(message, WebSocketMessageType.Text, true, patience.Token);
        while (true)
        {
            var answer = await Receive();
            if ((int?)answer["id"] == id)
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]?.ToJsonString()}");
            Note(answer);
        }
    }

    private void Note(JsonNode message)
    {
        if (message["method"] is not null)
            Events.Add(message);
    }

    private async Task<JsonNode> Receive()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            message.Write(buffer, 0, part.Count);
        } while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        // A dying helper process may still write there.
        for (var left = 100; Directory.Exists(_profile); left--)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
            }
            catch (IOException) when (left > 0)
            {
                await Task.Delay(50);
            }
        }
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ASSAY_CHROMIUM") is { Length: > 0 } named)
            return File.Exists(named) ? named : null;
        var folders = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        return new[] { "chromium", "chromium-browser", "google-chrome", "google-chrome-stable" }
            .SelectMany(name => folders.Select(folder => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
    }
}
