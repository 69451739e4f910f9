using Assay.Evaluation.Audits;

namespace Assay.Evaluation.Tests.Audits;

public sealed class LanguageGuessTests
{
    [Theory]
    [InlineData("en", "The train that you want is the one at the end of the station.")]
    [InlineData("de", "Der Zug, den Sie suchen, ist nicht am Ende des Bahnhofs, sondern auf dem anderen Gleis.")]
    [InlineData("fr", "Le train que vous cherchez est dans la gare, sur le quai qui est au fond.")]
    [InlineData("es", "El tren que usted busca está en la estación, pero no es el de la derecha.")]
    [InlineData("it", "Il treno che cerca non è alla stazione, ma sono sicuro che anche questo va bene.")]
    [InlineData("pt", "O trem que você procura não está na estação, mas isso é uma coisa que pode mudar.")]
    [InlineData("nl", "De trein die je zoekt is niet op het station, maar er is ook een bus van de stad.")]
    [InlineData("pl", "Nie wiem, czy pociąg jest na stacji, ale może być tak, że go tam nie ma.")]
    [InlineData("tr", "Bu tren için bir bilet almak çok kolay, ama daha sonra değil.")]
    [InlineData("vi", "Tôi không biết những chuyến tàu này đã đến hay chưa, nhưng bạn có thể hỏi.")]
    [InlineData("id", "Kereta yang anda cari tidak ada di stasiun ini, tetapi anda bisa naik bus dari sana.")]
    [InlineData("zh", "火车站在城市的北边，请坐二路公共汽车。")]
    [InlineData("ja", "駅は町の北にあります。バスに乗ってください。")]
    [InlineData("ko", "기차역은 도시의 북쪽에 있습니다.")]
    [InlineData("cyrillic", "Вокзал находится на севере города.")]
    [InlineData("arabic", "المحطة في شمال المدينة.")]
    [InlineData("devanagari", "स्टेशन शहर के उत्तर में है।")]
    [InlineData(null, "Berlin, Hamburg, München.")]
    [InlineData(null, "for (int i = 0; i < n; i++) sum += x[i];")]
    [InlineData(null, "ok")]
    [InlineData(null, "12345 !!! 😀")]
    [InlineData(null, "")]
    public void A_sentence_is_told_and_what_cannot_be_told_is_not(string? language, string text) =>
        Assert.Equal(language, LanguageGuess.Of(text));

    [Fact]
    public void An_answer_in_another_language_than_the_prompts_is_a_style_feature()
    {
        const string English = "This is the answer that you have asked for.",
            German = "Das ist die Antwort, um die Sie mich gebeten haben.";
        double Of(string text, string prompt) =>
            StyleFeatures.Of(text, LanguageGuess.Of(prompt))[StyleFeatures.Names.ToList().IndexOf("other_language")];
        Assert.Equal((0, 1, 1, 0), (Of(English, English), Of(German, English), Of(English, German), Of(German, "?")));
    }
}
