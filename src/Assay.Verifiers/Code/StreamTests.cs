using Assay.Verifiers.Sandboxing;

namespace Assay.Verifiers.Code;

/// <summary>
/// Tests of what a program says to what it reads, in any language. What is wanted stays outside of the sandbox; blanks at the end of lines
/// and empty lines at the end do not matter. Each test is a run of its own.
/// </summary>
/// <param name="sandbox">Where it runs.</param>
/// <param name="command">The line of sh; <c>{file}</c> stands for the answer's file, <c>{file.c}</c> for one whose name ends so.</param>
internal sealed class StreamTests(Sandbox sandbox, StreamCommand command)
{
    public async Task<Verification> Run(string code, CodeTests tests)
    {
        for (var i = 0; i < tests.Streams.Count; i++)
        {
            var (input, output) = tests.Streams[i];
            using var process = await sandbox.Start(["sh", "-c", command.Line], (command.File, code));
            var reading = process.Output.ReadToEndAsync();
            try
            {
                await process.Input.WriteAsync(input);
                process.Input.Close();
            }
            catch (IOException)
            {
                // It ended before it read all, which is its right.
            }
            var said = await reading;
            var status = await process.Ended();
            var fault =
                process.Beyond is not null || status != 0 ? $"{await process.Ending()}{Why(await process.Complaint())}"
                : Lines(said).SequenceEqual(Lines(output)) ? null
                : $"said {Shown(said)}, wanted {Shown(output)}";
            if (fault is not null)
                return new Verification(Verdict.Wrong, $"{i} of {tests.Streams.Count} passed, then {i + 1}: {fault}");
        }
        return new Verification(Verdict.Correct, $"{tests.Streams.Count} of {tests.Streams.Count} passed");
    }

    private static IEnumerable<string> Lines(string text) => text.TrimEnd().Split('\n').Select(line => line.TrimEnd());

    private static string Why(string complaint) => complaint.Length == 0 ? "" : $", {Shown(complaint.Split('\n')[^1])}";

    private static string Shown(string text) => text.Length > 80 ? $"'{text[..80]}…'" : $"'{text.TrimEnd()}'";
}
