namespace Assay.Reward.Tests;

public class SharedPrefixesTests
{
    private static int[] Ids(string letters) => [.. letters.Select(c => (int)c)];

    private static List<string> Groups(int budget, params string[] sequences) =>
        [
            .. SharedPrefixes
                .Group([.. sequences.Select(Ids)], budget)
                .Select(g => string.Join(',', g.Select(i => sequences[i]).Order(StringComparer.Ordinal)))
                .Order(StringComparer.Ordinal),
        ];

    [Fact]
    public void Answers_to_one_prompt_find_each_other_in_any_order() =>
        Assert.Equal(
            ["long-prompt-a:1,long-prompt-a:2,long-prompt-a:3", "other-prompt-b:1,other-prompt-b:2"],
            Groups(1000, "other-prompt-b:2", "long-prompt-a:3", "long-prompt-a:1", "other-prompt-b:1", "long-prompt-a:2")
        );

    [Fact]
    public void A_short_common_beginning_does_not_break_up_a_pair_with_a_long_one() =>
        Assert.Equal(
            ["sys:a-lonely-one", "sys:the-long-prompt:x,sys:the-long-prompt:y"],
            Groups(1000, "sys:the-long-prompt:x", "sys:a-lonely-one", "sys:the-long-prompt:y")
        );

    [Fact]
    public void Groups_stay_within_the_budget()
    {
        var sequences = Enumerable.Range(0, 40).Select(i => Ids($"prompt:{(char)('a' + i)}{new string('z', 20)}")).ToArray();
        var groups = SharedPrefixes.Group(sequences, 100).ToList();
        // 7 shared tokens, and 21 of its own for each: four fit, a fifth would not.
        Assert.Equal(10, groups.Count);
        Assert.All(
            groups,
            group => Assert.InRange(group.Sum(i => sequences[i].Length) - (group.Length - 1) * 7, 1, 100),
            throwIfEmpty: true
        );
    }

    [Fact]
    public void Every_sequence_is_in_one_group_once()
    {
        var random = new Random(1);
        var sequences = Enumerable
            .Range(0, 300)
            .Select(_ => Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(3)).ToArray())
            .ToArray();
        Assert.Equal(Enumerable.Range(0, 300), SharedPrefixes.Group(sequences, 64).SelectMany(g => g).Order());
    }
}
