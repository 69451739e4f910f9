using System.Buffers;

namespace Assay.Data.Contract;

/// <summary>
/// The checks a pair is put to by itself: all are made, and all that is found is said. Those of its two sides every reader makes
/// (<c>PairContract.Sides.cs</c>). Those of its texts, votes and tokens <c>check</c> makes. A finding that says what an earlier one said
/// already is not made. Duplicates and contradictions need the other rows: see <see cref="DuplicateIndex"/>.
/// </summary>
public static partial class PairContract
{
    /// <summary>Below this many characters a text may stand inside another by chance.</summary>
    public const int MinContainedCharacters = 20;

    /// <summary>Shorter answers end as they like; only a longer one that stops in the middle looks cut off.</summary>
    public const int MinTruncatedCharacters = 200;

    private static readonly SearchValues<char> Suspicious = SearchValues.Create([
        .. Enumerable
            .Range(0, 0xA0)
            .Where(code => (code < 0x20 || code >= 0x7F) && code is not ('\t' or '\n' or 0x85))
            .Select(code => (char)code),
        '\uFFFD',
    ]);

    private static readonly SearchValues<string> RoleTags = SearchValues.Create(
        [
            "Human:",
            "Assistant:",
            "<|im_start|>",
            "<|im_end|>",
            "<|start_header_id|>",
            "<|eot_id|>",
            "<|user|>",
            "<|assistant|>",
            "[INST]",
            "[/INST]",
            "<start_of_turn>",
            "### Instruction:",
            "### Response:",
            "<extra_id_0>",
            "<extra_id_1>",
            "USER:",
            "ASSISTANT:",
            "<|prompter|>",
            "<|system|>",
            "<|User|>",
            "<|Assistant|>",
            "[|Human|]",
            "[|AI|]",
        ],
        StringComparison.Ordinal
    );

    /// <summary>
    /// Everything found about the texts and votes of one pair, and about its tokens if these are asked for; empty for a fine one.
    /// </summary>
    public static List<Finding> Check(PreferencePair pair, ContractOptions? options = null)
    {
        var findings = new List<Finding>();
        Check(pair, options ?? new ContractOptions(), findings);
        return findings;
    }

    internal static void Check(PreferencePair pair, ContractOptions options, List<Finding> findings)
    {
        ReadOnlySpan<char> chosen = pair.ChosenAnswerSpan,
            rejected = pair.RejectedAnswerSpan;
        CheckAnswers(pair, chosen, rejected, findings);
        if (pair.Chosen.Messages is not null)
        {
            CheckContext(pair, findings);
            CheckRoles("chosen", pair.Chosen.Messages, pair.PromptMessageCount, findings);
            CheckRoles("rejected", pair.Rejected.Messages!, pair.PromptMessageCount, findings);
        }
        else
            CheckCharacters("prompt", pair.Chosen.Text.AsSpan(0, pair.PromptTextLength), findings);
        CheckCharacters("chosen", chosen, findings);
        CheckCharacters("rejected", rejected, findings);
        CheckVotes(pair, options, findings);
        if (options.Encode is { } encode)
            CheckTokens(pair, encode, findings);
    }

    /// <summary>Share of all votes, ties and abstentions included, that went to chosen, 0..1.</summary>
    public static double ChosenShare(IReadOnlyList<AnnotatorVote> votes) =>
        votes.Count == 0 ? 0 : (double)votes.Count(vote => vote.Vote == Vote.Chosen) / votes.Count;

    private static void CheckAnswers(PreferencePair pair, ReadOnlySpan<char> chosen, ReadOnlySpan<char> rejected, List<Finding> findings)
    {
        if (!Has(findings, Reason.EmptyCandidate))
        {
            if (IsBlank(pair.Chosen, chosen))
                findings.Add(new Finding(Reason.BlankCandidate, "chosen is white space only"));
            if (IsBlank(pair.Rejected, rejected))
                findings.Add(new Finding(Reason.BlankCandidate, "rejected is white space only"));
        }
        if (!chosen.SequenceEqual(rejected))
        {
            if (chosen.Length > 0 && rejected.Length > 0 && SameButForWhiteSpace(chosen, rejected))
                findings.Add(new Finding(Reason.WhiteSpaceDifference, "chosen and rejected differ in white space only"));
            else
            {
                if (Holds(chosen, rejected))
                    findings.Add(new Finding(Reason.ContainsOtherCandidate, "chosen holds the whole of rejected"));
                if (Holds(rejected, chosen))
                    findings.Add(new Finding(Reason.ContainsOtherCandidate, "rejected holds the whole of chosen"));
            }
        }
        var prompt = LastPrompt(pair);
        if (Holds(chosen, prompt))
            findings.Add(new Finding(Reason.ContainsPrompt, "chosen repeats the whole prompt"));
        if (Holds(rejected, prompt))
            findings.Add(new Finding(Reason.ContainsPrompt, "rejected repeats the whole prompt"));

        var chosenCut = LooksCut(chosen);
        var rejectedCut = LooksCut(rejected);
        if (chosenCut is not null && rejectedCut is null)
            findings.Add(new Finding(Reason.TruncatedCandidate, $"chosen {chosenCut}"));
        if (rejectedCut is not null && chosenCut is null)
            findings.Add(new Finding(Reason.TruncatedCandidate, $"rejected {rejectedCut}"));
    }

    private static bool Has(List<Finding> findings, Reason reason) => findings.Exists(finding => finding.Reason == reason);

    // A text of no characters is an empty candidate, except where the reader trimmed it: a transcript's turn of one blank.
    private static bool IsBlank(Conversation side, ReadOnlySpan<char> answer) =>
        answer.IsWhiteSpace() && (answer.Length > 0 || side.Messages is [.., { Raw: null }]);

    /// <summary>What the candidates answer: the prompt's text, or its last user turn.</summary>
    private static ReadOnlySpan<char> LastPrompt(PreferencePair pair)
    {
        if (pair.Chosen.Messages is not { } messages)
            return pair.Chosen.Text.AsSpan(0, pair.PromptTextLength);
        for (var i = pair.PromptMessageCount - 1; i >= 0; i--)
            if (messages[i].Role == "user")
                return messages[i].Content;
        return [];
    }

    private static bool Holds(ReadOnlySpan<char> text, ReadOnlySpan<char> part)
    {
        var wanted = part.Trim();
        return wanted.Length >= MinContainedCharacters && text.Length > wanted.Length && text.Contains(wanted, StringComparison.Ordinal);
    }

    private static bool SameButForWhiteSpace(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        int i = 0,
            j = 0;
        while (true)
        {
            while (i < one.Length && char.IsWhiteSpace(one[i]))
                i++;
            while (j < other.Length && char.IsWhiteSpace(other[j]))
                j++;
            if (i == one.Length || j == other.Length)
                return i == one.Length && j == other.Length;
            if (one[i++] != other[j++])
                return false;
        }
    }

    private static string? LooksCut(ReadOnlySpan<char> answer)
    {
        var text = answer.TrimEnd();
        if (text.Length < MinTruncatedCharacters)
            return null;
        if (text.Count("```") % 2 == 1)
            return "ends inside a code block";
        var last = text[^1];
        if (!char.IsLetterOrDigit(last) && last is not (',' or ';' or '-' or '(' or '[' or '{' or '/'))
            return null;
        // The last line of a list, a heading or a formula needs no full stop.
        var line = text[(text.LastIndexOf('\n') + 1)..].TrimStart();
        if (line.Length == 0 || !char.IsLetter(line[0]) || line.Length < 40 && text.Contains('\n'))
            return null;
        return $"ends in the middle of a sentence (\"…{text[^Math.Min(20, text.Length)..].ToString().ReplaceLineEndings(" ")}\")";
    }

    private static void CheckContext(PreferencePair pair, List<Finding> findings)
    {
        for (var i = 0; i < pair.PromptMessageCount; i++)
        {
            var turn = pair.Chosen.Messages![i];
            if (turn.Raw is null && string.IsNullOrWhiteSpace(turn.Content))
                findings.Add(new Finding(Reason.EmptyTurn, $"turn {i + 1} ({turn.Role}) is blank"));
            CheckCharacters($"turn {i + 1}", turn.Content, findings);
        }
    }

    private static void CheckRoles(string side, IReadOnlyList<Message> turns, int contextCount, List<Finding> findings)
    {
        string? before = null;
        for (var i = 0; i < turns.Count; i++)
        {
            var role = turns[i].Role;
            if (role is "system" or "developer")
                continue;
            if (before is null && role == "assistant" && i < contextCount)
                findings.Add(new Finding(Reason.RolesDoNotAlternate, $"{side} begins with an assistant turn"));
            if (role == before && role is "user" or "assistant")
            {
                findings.Add(new Finding(Reason.RolesDoNotAlternate, $"{side} has two {role} turns in a row (turn {i + 1})"));
                return;
            }
            before = role;
        }
    }

    private static void CheckCharacters(string where, ReadOnlySpan<char> text, List<Finding> findings)
    {
        bool control = false,
            replacement = false;
        for (var at = text.IndexOfAny(Suspicious); at >= 0 && !(control && replacement); )
        {
            var found = text[at];
            if (found == '\uFFFD' && !replacement)
            {
                replacement = true;
                findings.Add(new Finding(Reason.ReplacementCharacter, $"{where} holds U+FFFD"));
            }
            else if (found != '\uFFFD' && !control && !(found == '\r' && at + 1 < text.Length && text[at + 1] == '\n'))
            {
                control = true;
                findings.Add(new Finding(Reason.ControlCharacter, $"{where} holds the control character U+{(int)found:X4}"));
            }
            var next = text[(at + 1)..].IndexOfAny(Suspicious);
            at = next < 0 ? -1 : at + 1 + next;
        }
        if (text.IndexOfAny(RoleTags) is var tag and >= 0 && IsTag(text, tag))
            findings.Add(
                new Finding(
                    Reason.InlineRoleTag,
                    $"{where} holds \"{text[tag..Math.Min(text.Length, tag + 12)].ToString().ReplaceLineEndings(" ")}\""
                )
            );
    }

    // "Human:" is a tag, "inhuman:" is not.
    private static bool IsTag(ReadOnlySpan<char> text, int at) =>
        !char.IsLetter(text[at]) || at == 0 || !char.IsLetterOrDigit(text[at - 1]);

    private static void CheckVotes(PreferencePair pair, ContractOptions options, List<Finding> findings)
    {
        // Who has no winner needs no agreement.
        if (pair.Votes is not { Count: > 0 } votes || Has(findings, Reason.TieOrAbstention))
            return;
        var chosen = votes.Count(vote => vote.Vote == Vote.Chosen);
        var rejected = votes.Count(vote => vote.Vote == Vote.Rejected);
        var share = ChosenShare(votes);
        if (rejected > chosen)
            findings.Add(new Finding(Reason.LabelAgainstVotes, $"{rejected} of {votes.Count} votes are for rejected, {chosen} for chosen"));
        if (share < options.MinAgreement)
            findings.Add(
                new Finding(
                    Reason.LowAgreement,
                    FormattableString.Invariant(
                        $"{chosen} of {votes.Count} votes are for chosen: {share:0.00}, {options.MinAgreement:0.00} is asked"
                    )
                )
            );
    }

    private static void CheckTokens(PreferencePair pair, Func<Conversation, TokenOutcome> encode, List<Finding> findings)
    {
        TokenOutcome chosen = encode(pair.Chosen),
            rejected = encode(pair.Rejected);
        if (
            TokenFinding(chosen, rejected) is { } finding
            && !(finding.Reason == Reason.IdenticalTokens && Has(findings, Reason.IdenticalCandidates))
        )
            findings.Add(finding);
    }

    /// <summary>
    /// What a model's reading of both sides has against a pair, or null: the same for <c>check --model</c> and for training.
    /// </summary>
    public static Finding? TokenFinding(TokenOutcome chosen, TokenOutcome rejected)
    {
        // A length is said of both sides, since either may be the one to shorten.
        if (chosen.Refused is null or { Reason: Reason.OverLength } && rejected.Refused is null or { Reason: Reason.OverLength })
        {
            if ((chosen.Refused ?? rejected.Refused) is { } tooLong)
                return tooLong with
                {
                    Detail = $"chosen has {chosen.Ids.Length} tokens and rejected {rejected.Ids.Length}: {tooLong.Detail}",
                };
            return chosen.Ids.AsSpan().SequenceEqual(rejected.Ids)
                ? new Finding(Reason.IdenticalTokens, $"both sides are the same {chosen.Ids.Length} tokens")
                : null;
        }
        return chosen.Refused is { Reason: not Reason.OverLength } first
            ? first with
            {
                Detail = "chosen: " + first.Detail,
            }
            : rejected.Refused! with
            {
                Detail = "rejected: " + rejected.Refused!.Detail,
            };
    }
}
