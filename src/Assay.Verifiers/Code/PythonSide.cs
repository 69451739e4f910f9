namespace Assay.Verifiers.Code;

/// <summary>The two programs in Python between which an answer's code and its tests are divided.</summary>
internal static class PythonSide
{
    /// <summary>Runs an answer's code, and sees no test.</summary>
    public static string OfAnswer { get; } = Read("wire.py") + Read("answer.py");

    /// <summary>Runs tests, and no code of an answer.</summary>
    public static string OfTests { get; } = Read("wire.py") + Read("tests.py");

    private static string Read(string name)
    {
        using var stream = typeof(PythonSide).Assembly.GetManifestResourceStream($"Assay.Verifiers.Code.{name}")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
