using System.Reflection;
using Assay.Testing;
using PublicApiGenerator;

namespace Assay.Cli.Tests.Documents;

/// <summary><c>docs/api</c> records what the packages offer: a change to it is seen in a review. <c>./run api</c> writes it anew.</summary>
public sealed class PublicApiTests
{
    private static readonly bool Writes = Environment.GetEnvironmentVariable("ASSAY_WRITE_API") == "1";

    public static TheoryData<string> Packages =>
        new([
            "Assay.Data",
            "Assay.Evaluation",
            "Assay.Ground",
            "Assay.Hub",
            "Assay.Judges",
            "Assay.Models",
            "Assay.Ranks",
            "Assay.Report",
            "Assay.Reward",
            "Assay.Serving",
            "Assay.Text",
            "Assay.Torch",
            "Assay.Verifiers",
        ]);

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_map_of_a_package_s_api_is_what_it_offers(string package)
    {
        string path = Path.Combine(Repository.Folder, "docs", "api", package + ".txt"),
            text =
                Assembly
                    .Load(package)
                    .GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false })
                    .ReplaceLineEndings("\n") + "\n";
        if (Writes)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
        Assert.True(File.Exists(path), $"{path} is missing: ./run api");
        string[] recorded = File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n'),
            offered = text.Split('\n');
        Assert.True(
            recorded.SequenceEqual(offered),
            $"{package} offers another API than docs/api records; ./run api writes it anew. New: {string.Join(" ", offered.Except(recorded).Take(5))} Gone: {string.Join(" ", recorded.Except(offered).Take(5))}"
        );
    }
}
