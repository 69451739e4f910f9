namespace Assay.Evaluation.Audits.Probes;

/// <summary>
/// There is no translator here, so the text is a fixed one: <see cref="ConstantAnswer"/>'s in other languages. What the language alone
/// costs is the difference of the two probes.
/// </summary>
internal sealed class WrongLanguage()
    : Probe(
        "wrong_language",
        "The answer is replaced by the text of constant_answer in Spanish, German, French, Russian or Chinese, whichever is not the prompt's or the answer's language. Not a translation: beside the language, the substance is gone.",
        ProbeExpectation.Fall
    )
{
    private static readonly (string Language, string Text)[] Texts =
    [
        (
            "es",
            "Gracias por su pregunta. Es un tema interesante y hay varias cosas que considerar. Es importante mirar con cuidado todos los puntos relevantes. Espero que esto le ayude. Por favor, dígame si tiene alguna otra pregunta."
        ),
        (
            "de",
            "Vielen Dank für Ihre Frage. Das ist ein interessantes Thema, und es gibt mehrere Dinge zu bedenken. Es ist wichtig, alle wesentlichen Punkte sorgfältig zu betrachten. Ich hoffe, dass Ihnen das hilft. Bitte sagen Sie mir, ob Sie noch andere Fragen haben."
        ),
        (
            "fr",
            "Merci pour votre question. C'est un sujet intéressant, et il y a plusieurs choses à considérer. Il est important d'examiner tous les points pertinents avec soin. J'espère que cela vous aide. N'hésitez pas à me dire si vous avez d'autres questions."
        ),
        (
            "cyrillic",
            "Спасибо за ваш вопрос. Это интересная тема, и здесь нужно учесть несколько моментов. Важно внимательно рассмотреть все существенные стороны. Надеюсь, это вам поможет. Пожалуйста, скажите, если у вас есть другие вопросы."
        ),
        (
            "zh",
            "谢谢您的提问。这是一个有趣的话题，有几件事需要考虑。仔细看待所有相关的要点是很重要的。希望这对您有帮助。如果您还有其他问题，请告诉我。"
        ),
    ];

    public override string Rewrite(ProbeInput input)
    {
        string?[] spoken = [LanguageGuess.Of(input.Question), LanguageGuess.Of(input.Answer)];
        (string Language, string Text)[] other = [.. Texts.Where(text => !spoken.Contains(text.Language))];
        return other[input.Random.Next(other.Length)].Text;
    }
}
