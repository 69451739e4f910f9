using System.Diagnostics;
using System.Text;

namespace Assay.Build;

/// <summary>Starts the web program of <c>docs/packages.md</c>, asks it for one score, and stops it.</summary>
internal static class WebSample
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <returns>What it answered.</returns>
    public static string Ask(string program, string model, string turns)
    {
        // Port 0 is one that is free; Kestrel says which.
        var start = new ProcessStartInfo("dotnet", [program, "--model", model, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetDirectoryName(program),
        };
        using var server = Process.Start(start) ?? throw new StepException("dotnet did not start");
        try
        {
            using var client = new HttpClient { Timeout = Patience };
            using var body = new StringContent(turns, Encoding.UTF8, "application/json");
            using var answer = client.PostAsync(new Uri(Address(server) + "/score"), body).GetAwaiter().GetResult();
            var text = answer.Content.ReadAsStringAsync().GetAwaiter().GetResult();
            return answer.IsSuccessStatusCode
                ? text
                : throw new StepException($"the web program of docs/packages.md answered {(int)answer.StatusCode}: {text}");
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            server.WaitForExit();
        }
    }

    private static string Address(Process server)
    {
        const string Said = "Now listening on: ";
        while (server.StandardOutput.ReadLine() is { } line)
            if (line.IndexOf(Said, StringComparison.Ordinal) is >= 0 and var at)
                return line[(at + Said.Length)..].Trim();
        throw new StepException("the web program of docs/packages.md ended before it listened");
    }
}
