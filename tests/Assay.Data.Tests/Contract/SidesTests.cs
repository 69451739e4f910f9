using System.Text;
using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Tests.Contract;

/// <summary>Everything that two sides have against them is found at once, whatever the row's format, and nothing is said twice.</summary>
public class SidesTests
{
    [Theory]
    // What is known of the winner, and of the other side, is said of rows that lack a field.
    [InlineData("""{"prompt": "p", "chosen": "a", "label": null, "rejected": null}""", "missing_field tie_or_abstention")]
    [InlineData("""{"prompt": "p", "response_0": "a", "response_1": null, "better_response_id": -1}""", "missing_field tie_or_abstention")]
    [InlineData("""{"context": "", "response1": "a", "response2": "b", "overall_preference": null}""", "missing_field tie_or_abstention")]
    [InlineData(
        """{"chosen": "\n\nHuman: hi", "rejected": "\n\nHuman: hi", "label": "tie"}""",
        "final_turn_not_assistant tie_or_abstention"
    )]
    [InlineData("""{"question": null, "response_j": "", "response_k": "b"}""", "missing_field empty_candidate")]
    [InlineData("""{"instruction": "", "chosen": null, "rejected": ""}""", "missing_field empty_candidate")]
    [InlineData(
        """{"input": null, "preferred_output": [{"role": "user", "content": "a"}], "non_preferred_output": [{"role": "assistant", "content": "b"}]}""",
        "missing_field final_turn_not_assistant"
    )]
    [InlineData(
        """{"chosen_prompt": "p", "rejected_prompt": "q", "chosen": "", "rejected": "b", "label": "tie"}""",
        "context_mismatch empty_candidate tie_or_abstention"
    )]
    // The same rows without the fault.
    [InlineData("""{"prompt": "p", "chosen": "a", "rejected": "b", "label": "chosen"}""", "")]
    [InlineData("""{"prompt": "p", "response_0": "a", "response_1": "b", "better_response_id": 0}""", "")]
    [InlineData("""{"question": "q", "response_j": "a", "response_k": "b"}""", "")]
    public void A_row_says_all_that_its_sides_have_against_them(string json, string codes) =>
        Assert.Equal(codes, string.Join(' ', Read(json).Findings.Select(finding => finding.Reason.Code()).Distinct()));

    [Theory]
    [InlineData("""{"prompt": "p", "chosen": "", "rejected": " "}""", "empty_candidate")]
    [InlineData("""{"prompt": "p", "chosen": "a", "rejected": " "}""", "blank_candidate")]
    [InlineData(
        """{"prompt": "p", "chosen": "a", "rejected": "b", "label": "tie", "votes": ["rejected", "rejected"]}""",
        "tie_or_abstention"
    )]
    [InlineData(
        """{"prompt": "p", "chosen": "a", "rejected": "b", "votes": ["rejected", "rejected"]}""",
        "label_against_votes low_agreement"
    )]
    [InlineData("""{"prompt": "p", "chosen": "a", "rejected": "a"}""", "identical_candidates")]
    [InlineData("""{"prompt": "p", "chosen": "a", "rejected": "A"}""", "identical_tokens")]
    public void The_contract_does_not_say_again_what_was_said(string json, string codes)
    {
        var row = Read(json);
        List<Finding> findings = [.. row.Findings];
        // A model that does not know large letters.
        static TokenOutcome Encode(Conversation side) =>
            TokenOutcome.Within([.. side.Text!.ToLowerInvariant().Select(letter => (int)letter)], 8);
        PairContract.Check(row.Pair!, new ContractOptions { Encode = Encode }, findings);
        Assert.Equal(codes, string.Join(' ', findings.Select(finding => finding.Reason.Code()).Distinct()));
    }

    [Theory]
    [InlineData("""{"prompt": "", "chosen": "", "rejected": "b"}""", Reason.EmptyCandidate)]
    [InlineData("""{"prompt": "p", "chosen": "a", "rejected": "a", "label": "tie"}""", Reason.IdenticalCandidates)]
    public void A_row_is_counted_by_the_first_of_its_gravest_reasons(string json, Reason reason) =>
        Assert.Equal(reason, Read(json).GravestReason);

    private static PairRow Read(string json) => SingleRow.Read("rows.jsonl", 1, Encoding.UTF8.GetBytes(json));
}
