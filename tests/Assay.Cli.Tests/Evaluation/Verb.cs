using System.CommandLine;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>Runs a verb in this process, as the command line would.</summary>
internal static class Verb
{
    public static async Task<(int Code, string Out, string Error)> Run(Command verb, params string[] arguments)
    {
        TextWriter output = Console.Out, error = Console.Error;
        using StringWriter captured = new(), complaints = new();
        Console.SetOut(captured);
        Console.SetError(complaints);
        try
        {
            var code = await CommandHost.RunAsync(new RootCommand { verb }, [verb.Name, .. arguments]);
            return (code, captured.ToString(), complaints.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
