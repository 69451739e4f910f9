using Assay.Build;

namespace Assay.Cli.Tests.Documents;

/// <summary>What <c>./run format</c> says of tests that cannot fail.</summary>
public class AssertionTests
{
    private static IReadOnlyList<string> Faults(params string[] bodies) =>
        Assertions.Faults([.. bodies.Select((body, i) => ($"{i}.cs", $"public class T\n{{\n{body}\n}}".Split('\n')))]);

    private const string Silent = """
            [Fact]
            public void It_says_nothing()
            {
                var x = 1;

                Use(x);
            }

            private static void Use(int x) => throw new NotSupportedException();
        """;

    [Fact]
    public void A_test_that_asserts_nothing_is_named_by_its_line() =>
        Assert.Equal(["0.cs:4: It_says_nothing asserts nothing: it cannot fail"], Faults(Silent));

    [Fact]
    public void A_skip_is_no_assertion() =>
        Assert.Single(Faults(Silent.Replace("var x = 1;", "Assert.SkipUnless(true, \"\");", StringComparison.Ordinal)));

    [Theory]
    [InlineData("Assert.Equal(1, x);")]
    [InlineData("Helper(x);")]
    [InlineData("await Far<int>(x);")]
    public void One_that_asserts_by_itself_or_by_another_method_stands(string line) =>
        Assert.Empty(
            Faults(
                Silent.Replace("Use(x);", line, StringComparison.Ordinal),
                "    internal static void Helper(int x) => Assert.Equal(1, x);\n\n    public Task Far<T>(int x)\n    {\n        Helper(x);\n    }"
            )
        );

    [Fact]
    public void One_that_is_short_does_not_take_the_next_one_s_assertion() =>
        Assert.Equal(
            "0.cs:4: Short asserts nothing: it cannot fail",
            Assert.Single(
                Faults("    [Fact]\n    public void Short() => Use(1);\n\n    [Fact]\n    public void Long() => Assert.True(true);")
            )
        );

    [Fact]
    public void All_of_nothing_is_named()
    {
        const string Whole = "    [Fact]\n    public void All() => Assert.All(List, x => Assert.True(x), throwIfEmpty: true);";
        Assert.Empty(Faults(Whole));
        Assert.Contains("throwIfEmpty", Assert.Single(Faults(Whole.Replace(", throwIfEmpty: true", "", StringComparison.Ordinal))));
    }
}
