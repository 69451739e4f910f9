namespace Assay.Cli.Tests;

/// <summary>
/// The command line in this process: what it returns, prints and complains of. Tests that use it are of the collection "console", since a
/// process has one.
/// </summary>
internal static class CommandLine
{
    public static async Task<(int Code, string Out, string Error)> Run(params string[] arguments)
    {
        TextWriter output = Console.Out,
            error = Console.Error;
        using StringWriter captured = new(),
            complaints = new();
        Console.SetOut(captured);
        Console.SetError(complaints);
        try
        {
            var code = await CommandHost.RunAsync(Program.Root(), arguments);
            return (code, captured.ToString(), complaints.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
