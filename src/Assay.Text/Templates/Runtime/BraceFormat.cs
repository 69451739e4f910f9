using System.Text.RegularExpressions;

namespace Assay.Text.Templates.Runtime;

/// <summary>
/// Python's <c>str.format</c>, with attributes and items read as the sandbox reads them. Fields inside a field's specification are refused.
/// </summary>
internal static partial class BraceFormat
{
    public static TemplateString Apply(Renderer renderer, TemplateString format, Arguments arguments)
    {
        var builder = new TrackedBuilder();
        int from = 0,
            counted = 0;
        var isNumbered = false;
        foreach (Match match in Field().Matches(format.Value))
        {
            builder.Append(format.Part(from, match.Index));
            from = match.Index + match.Length;
            if (match.Value is "{{" or "}}")
                builder.Append(match.Value[0]);
            else if (match.Length == 1)
                throw TemplateFault.Value(
                    $"a '{match.Value}' that is part of no field, or a field inside a field, which is not supported; for the character itself write it twice"
                );
            else
                builder.Append(Shown(match));
        }
        builder.Append(format.Part(from, format.Value.Length));
        var result = builder.Build();
        renderer.ChargeText(result.Value.Length);
        return result.LikeKindOf(format);

        TemplateString Shown(Match match)
        {
            var value = First(match.Groups["first"].Value);
            foreach (Capture step in match.Groups["step"].Captures)
            {
                value =
                    step.Value[0] == '.'
                        ? Members.Attribute(renderer, value, TemplateString.Of(step.Value[1..]))
                        : Members.Item(renderer, value, Members.IndexOrName(step.Value[1..^1]));
            }
            string conversion = match.Groups["conversion"].Value,
                specification = match.Groups["specification"].Value;
            if (conversion.Length > 0)
                value = conversion == "r" ? Printing.ToRepr(renderer, value) : Printing.ToText(renderer, value);
            return specification.Length == 0 ? Printing.ToText(renderer, value) : FormatSpec.Parse(specification).Apply(renderer, value);
        }

        object First(string name)
        {
            if (!name.All(char.IsAsciiDigit))
                return arguments.Keyword(name) ?? throw new TemplateFault("KeyError", Printing.Quote(name));
            if (name.Length > 0 ? counted > 0 : isNumbered)
                throw TemplateFault.Value("cannot switch between numbered fields and automatic field numbering");
            isNumbered = name.Length > 0;
            var index = FormatSpec.Number(name) ?? counted++;
            return index < arguments.Positional.Length
                ? arguments.Positional[index]
                : throw new TemplateFault("IndexError", $"Replacement index {index} out of range for positional args tuple");
        }
    }

    [GeneratedRegex(
        @"\{\{|\}\}|\{(?<first>[^{}.\[\]:!]*)(?<step>\.[^{}.\[\]:!]+|\[[^\]]+\])*(?:!(?<conversion>[rs]))?(?::(?<specification>[^{}]*))?\}|[{}]"
    )]
    private static partial Regex Field();
}
