using Assay.Torch.Tests.Native;
using Xunit.Runner.InProc.SystemConsole;

namespace Assay.Torch.Tests;

/// <summary>What tests run in a process of its own, to see its standard error or another libtorch; else the tests themselves.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case ["operators"]:
                    var calls = new OperatorCalls();
                    calls.Run();
                    Console.WriteLine($"libtorch {TorchRuntime.LibtorchVersion} {TorchRuntime.LibraryPath}");
                    foreach (var wrong in calls.Wrong)
                        Console.WriteLine($"wrong: {wrong}");
                    foreach (var missing in calls.Missing)
                        Console.WriteLine($"missing: {missing}");
                    return calls.Wrong.Count + calls.Missing.Count() == 0 ? 0 : 1;
                case ["misspelt"]:
                    Misspelt.Call();
                    return 0;
                default:
                    return await ConsoleRunner.Run(arguments);
            }
        }
        catch (Exception error) when (error is TorchException or NativeLibraryException)
        {
            Console.WriteLine(error.Message);
            return 3;
        }
    }
}
