using System.Reflection;
using Assay.Ground.Files;
using Assay.Testing;

namespace Assay.Cli.Tests.Documents;

/// <summary>
/// What Hugging Face's libraries call a file is spelled in one place, and once more in Assay.Text, which stands on nothing.
/// </summary>
public sealed class FileNameTests
{
    public static TheoryData<string> Names =>
        [
            .. typeof(CheckpointFileNames)
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(name => (string)name.GetRawConstantValue()!),
        ];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_name_is_spelled_once(string name)
    {
        var source = Path.Combine(Repository.Folder, "src");
        string[] places =
        [
            .. Directory
                .EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
                .Where(path => File.ReadLines(path).Any(line => !IsComment(line) && line.Contains($"\"{name}\"", StringComparison.Ordinal)))
                .Select(path => Path.GetRelativePath(source, path).Replace('\\', '/')),
        ];
        Assert.Equal(
            ["Assay.Ground/Files/CheckpointFileNames.cs"],
            places.Where(place => place != "Assay.Text/Tokenization/TokenizerFileNames.cs").Order(StringComparer.Ordinal)
        );
    }

    private static bool IsComment(string line) => line.TrimStart().StartsWith("//", StringComparison.Ordinal);
}
