using System.Globalization;
using Assay.Data.Records;
using Assay.Models;
using Assay.Text.Tokenization;

namespace Assay.Reward;

/// <summary>
/// How text becomes ids beside what tokenizer and template say; kept in <c>assay.json</c> under <c>text</c>, so that the folder alone
/// decides.
/// </summary>
/// <param name="TemplateSource">Where the chat template came from: <c>checkpoint</c>, <c>plain</c>, or the file or name that was
/// given.</param>
/// <param name="AddSpecialTokens">Whether the tokenizer's own special tokens are put around a rendered conversation: only the plain
/// transcript needs them.</param>
/// <param name="EosToken">Appended to plain-text rows that do not end with it, as TRL does; null where the tokenizer has none.</param>
public sealed record TextRules(string TemplateSource, bool AddSpecialTokens, string? EosToken)
{
    /// <summary>
    /// The form of a checkpoint without a chat template: <c>Human: …</c> and <c>Assistant: …</c> joined by blank lines; other roles by
    /// their name with a capital.
    /// </summary>
    public const string PlainTemplate =
        "{% for message in messages %}{% if not loop.first %}{{ '\\n\\n' }}{% endif %}"
        + "{% if message['role'] == 'user' %}{{ 'Human' }}{% else %}{{ message['role'] | capitalize }}{% endif %}{{ ': ' + message['content'] }}{% endfor %}";

    /// <summary>
    /// The day a template that asks for the date is told, at midnight UTC. It is pinned, or the scores of one text would change from day to
    /// day; the default is the one that Llama 3's own templates fall back to.
    /// </summary>
    public DateOnly Date { get; init; } = new(2024, 7, 26);

    /// <summary>
    /// Whether a special token that a turn spells out is read as plain text or becomes the token, as if the template had written it. Plain
    /// is the default here, because a user's text must not be able to end its own turn; transformers and TRL recognize it (their
    /// <c>split_special_tokens</c> is false). Plain-text rows are always recognized: they may have been rendered before.
    /// </summary>
    public SpecialTokenText TypedTokens { get; init; } = SpecialTokenText.Plain;

    /// <summary>
    /// The token put behind every text that does not end with it, where the score is read (<see cref="RewardToken"/>); null for models that
    /// are read at the text's own last token. The models that have one were trained without an EOS before it, so <see cref="EosToken"/> is
    /// null then.
    /// </summary>
    public int? RewardTokenId { get; init; }

    public TextRecord ToRecord() =>
        new()
        {
            ChatTemplate = TemplateSource,
            AddSpecialTokens = AddSpecialTokens,
            EosToken = EosToken,
            SplitSpecialTokens = TypedTokens == SpecialTokenText.Plain,
            Date = Date.ToString(DateForm, CultureInfo.InvariantCulture),
            RewardTokenId = RewardTokenId,
        };

    /// <exception cref="RewardException">The record lacks something, or has no such date.</exception>
    public static TextRules Of(TextRecord? record, string where)
    {
        if (record is not { ChatTemplate: { } template, AddSpecialTokens: { } adds })
            throw Wrong();
        var rules = new TextRules(template, adds, record.EosToken)
        {
            RewardTokenId = record.RewardTokenId,
            TypedTokens = record.SplitSpecialTokens == true ? SpecialTokenText.Plain : SpecialTokenText.Recognize,
        };
        return record.Date is not { } text ? rules
            : DateOnly.TryParseExact(text, DateForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                ? rules with
                {
                    Date = date,
                }
            : throw Wrong();

        RewardException Wrong() =>
            new(
                $"{where}: \"text\" wants chat_template, add_special_tokens, eos_token, split_special_tokens, a date as 2024-07-26 and, where there is one, the number {RewardToken.Key}"
            );
    }

    private const string DateForm = "yyyy-MM-dd";
}
