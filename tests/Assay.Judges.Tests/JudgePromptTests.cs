using Assay.Testing;

namespace Assay.Judges.Tests;

public sealed class JudgePromptTests
{
    [Fact]
    public void A_prompt_is_a_file_in_its_folder_and_nothing_else() =>
        Assert.Equal(
            Directory
                .EnumerateFiles(Path.Combine(Repository.Folder, "src", "Assay.Judges", "Prompts"), "*.yaml")
                .Select(path => Path.GetFileNameWithoutExtension(path))
                .Order(StringComparer.Ordinal),
            JudgePrompt.ShippedNames.Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Every_shipped_prompt_is_read_and_bears_its_file_s_name()
    {
        Assert.True(JudgePrompt.ShippedNames.Count >= 7);
        Assert.All(JudgePrompt.ShippedNames, name => Assert.Equal(name, JudgePrompt.Shipped(name).Name), throwIfEmpty: true);
        Assert.Equal(
            [JudgeMode.Pairwise, JudgeMode.Pointwise, JudgeMode.NWay],
            JudgePrompt.ShippedNames.Select(name => JudgePrompt.Shipped(name).Mode).Distinct().Order()
        );
    }

    [Theory]
    [InlineData(
        "name: x\nmode: pairwise\nuser: '{answer_a} {answer_b}'\nverdict: brackets\ntemprature: 1",
        "mine.yaml line 5: unknown key 'temprature' (did you mean 'temperature'?)"
    )]
    [InlineData("name: x\nmode: pairwise\nuser: '{answer_a}'\nverdict: brackets", "line 3: user has no {answer_b}")]
    [InlineData(
        "name: x\nmode: pairwise\nuser: '{answer_a} {answer_b} {promt}'\nverdict: brackets",
        "line 3: user has {promt} (did you mean 'prompt'?)"
    )]
    [InlineData("name: x\nmode: both\nuser: y\nverdict: brackets", "line 2: mode is 'both'")]
    [InlineData("name: x\nmode: pointwise\nuser: '{answer}'\nverdict: atla", "line 4: verdict atla is of two answers")]
    [InlineData("name: x\nmode: pairwise\nuser: '{answer_a}{answer_b}'\nverdict: pattern", "line 4: pattern wants a regular expression")]
    [InlineData(
        "name: x\nmode: pairwise\nuser: '{answer_a}{answer_b}'\nverdict: pattern\npattern: '(A'",
        "line 5: pattern is no regular expression"
    )]
    [InlineData(
        "name: x\nmode: pairwise\nuser: '{answer_a}{answer_b}'\nverdict: brackets\nsamples: 1.5",
        "line 5: samples wants a whole number"
    )]
    [InlineData(
        "name: x\nmode: pairwise\nuser: '{answer_a}{answer_b}'\nverdict: brackets\nmax_tokens: many",
        "line 5: max_tokens is 'many'"
    )]
    [InlineData("name: x\nmode: pointwise\nuser: '{answer}'\nverdict: brackets\nscale: [10, 1]", "line 5: scale is [10, 1]")]
    [InlineData("mode: pairwise\nuser: '{answer_a}{answer_b}'\nverdict: brackets", "'name' is missing")]
    [InlineData("name: [x", "not readable as YAML")]
    [InlineData("- name", "wanted one mapping")]
    public void A_wrong_file_is_refused_with_its_line(string text, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<JudgeException>(() => JudgePromptReader.Read(text, "mine.yaml")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_temperature_of_null_is_left_to_the_endpoint() =>
        Assert.Null(
            JudgePromptReader
                .Read("name: x\nmode: pointwise\nuser: '{answer}'\nverdict: brackets\ntemperature: null", "mine.yaml")
                .Temperature
        );

    [Fact]
    public void A_name_that_is_neither_shipped_nor_a_file_is_said_with_the_nearest() =>
        Assert.Contains(
            "did you mean 'mt-bench-pair'?",
            Assert.Throws<FileNotFoundException>(() => JudgePrompt.Load("mt-bench-pairs")).Message,
            StringComparison.Ordinal
        );
}
