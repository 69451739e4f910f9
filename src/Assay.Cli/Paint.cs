namespace Assay.Cli;

/// <summary>Colours for a terminal, or none. None of them carries a meaning alone: the word is always there.</summary>
internal sealed class Paint
{
    public static readonly Paint Ansi = new(isOn: true);
    public static readonly Paint None = new(isOn: false);
    private readonly bool _isOn;

    private Paint(bool isOn) => _isOn = isOn;

    /// <summary>
    /// For standard output: colours on a terminal that knows them, unless <c>NO_COLOR</c> (no-color.org) is set to anything.
    /// </summary>
    public static Paint ForOutput() => Terminal.IsPiped || IsUnwanted ? None : Ansi;

    private static bool IsUnwanted =>
        Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") is "dumb";

    public bool IsOn => _isOn;

    public string Special(string text) => Wrap("35", text);

    public string Conversation(string text) => Wrap("36", text);

    public string Scored(string text) => Wrap("1;30;43", text);

    public string Warning(string text) => Wrap("33", text);

    public string Heading(string text) => Wrap("1", text);

    public string Faint(string text) => Wrap("2", text);

    /// <summary>A word that says what was decided, in the colour that goes with it; any other word as it is.</summary>
    public string Verdict(string word) =>
        word.Trim() switch
        {
            "ready" or "kept" or "held" or "holds" or "best" or "chosen" or "real" => Wrap("32", word),
            "not ready" or "quarantine" or "failed" or "broken" or "does not hold" or "worse" => Wrap("1;31", word),
            "cannot tell" or "review" or "noise" or "may be noise" or "not validated" => Wrap("33", word),
            _ => word,
        };

    private string Wrap(string code, string text) => _isOn && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
