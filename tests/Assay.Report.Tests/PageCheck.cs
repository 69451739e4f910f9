using System.Xml;
using System.Xml.Linq;

namespace Assay.Report.Tests;

/// <summary>
/// What is wrong with a page, read as XML: markup, names, headings, tables, drawings, and anything that would run or fetch.
/// </summary>
internal static class PageCheck
{
    private static readonly string[] Fetching = ["src", "srcset", "href", "action", "data", "poster", "background"];

    public static XDocument Parse(string page)
    {
        using var reader = XmlReader.Create(
            new StringReader(page),
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse, XmlResolver = null }
        );
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
    }

    public static IReadOnlyList<string> Faults(string page)
    {
        XDocument document;
        try
        {
            document = Parse(page);
        }
        catch (XmlException error)
        {
            return ["not well formed: " + error.Message];
        }
        var faults = new List<string>();
        XElement[] all = [.. document.Descendants()];
        IEnumerable<XElement> Named(string name) => all.Where(element => element.Name.LocalName == name);
        string? Attribute(XElement element, string name) => element.Attribute(name)?.Value;

        if (Attribute(document.Root!, "lang") is null or "")
            faults.Add("no language");
        foreach (
            var twice in all.Select(element => Attribute(element, "id")).OfType<string>().GroupBy(id => id).Where(ids => ids.Count() > 1)
        )
            faults.Add($"id {twice.Key} stands {twice.Count()} times");
        HashSet<string> ids = [.. all.Select(element => Attribute(element, "id")).OfType<string>()];
        foreach (
            var link in Named("a")
                .Where(link => Attribute(link, "href") is not { } href || !href.StartsWith('#') || !ids.Contains(href[1..]))
        )
            faults.Add($"link to {Attribute(link, "href")}");
        foreach (var labelled in all.Where(element => Attribute(element, "aria-labelledby") is { } by && !ids.Contains(by)))
            faults.Add($"labelled by {Attribute(labelled, "aria-labelledby")}, which is not there");
        if (all.Length > 0 && !Named("a").Any(link => Attribute(link, "class") == "skip"))
            faults.Add("no skip link");

        var level = 0;
        foreach (var heading in all.Where(element => element.Name.LocalName is "h1" or "h2" or "h3" or "h4" or "h5" or "h6"))
        {
            var next = heading.Name.LocalName[1] - '0';
            if (next > level + 1)
                faults.Add($"heading “{heading.Value}” skips a level");
            level = next;
        }
        if (Named("h1").Count() != 1)
            faults.Add($"{Named("h1").Count()} headings of level 1");

        foreach (var table in Named("table"))
        {
            var caption = table.Element("caption")?.Value;
            if (string.IsNullOrWhiteSpace(caption))
                faults.Add("a table without caption");
            if (table.Descendants("th").Any(cell => Attribute(cell, "scope") is not ("col" or "row")) || !table.Descendants("th").Any())
                faults.Add($"table “{caption}” has heads without scope");
            var width = table.Element("thead")?.Descendants("th").Count();
            if (table.Element("tbody")!.Elements("tr").Any(row => row.Elements().Count() != width))
                faults.Add($"table “{caption}” has rows of another width than its head");
            if (
                table.Parent is not { } region
                || Attribute(region, "tabindex") != "0"
                || Attribute(region, "role") != "region"
                || string.IsNullOrEmpty(Attribute(region, "aria-label"))
            )
                faults.Add($"table “{caption}” is not reached by the keyboard");
        }
        foreach (
            var drawing in Named("svg")
                .Where(drawing =>
                    Attribute(drawing, "role") != "img"
                    || string.IsNullOrWhiteSpace(drawing.Element("title")?.Value)
                    || string.IsNullOrWhiteSpace(drawing.Element("desc")?.Value)
                )
        )
            faults.Add("a drawing without title or description");
        foreach (
            var number in Named("svg")
                .SelectMany(drawing => drawing.DescendantsAndSelf())
                .SelectMany(element => element.Attributes())
                .Where(attribute =>
                    attribute.Value.Contains("NaN") || attribute.Value.Contains('∞') || attribute.Value.Contains("Infinity")
                )
        )
            faults.Add($"a drawing with {number}");

        if (Named("script").Any() || Named("iframe").Any() || Named("object").Any() || Named("form").Any() || Named("img").Any())
            faults.Add("an element that runs or fetches");
        foreach (var attribute in all.Attributes())
        {
            if (attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase))
                faults.Add($"handler {attribute}");
            if (Fetching.Contains(attribute.Name.LocalName) && !attribute.Value.StartsWith('#'))
                faults.Add($"fetches {attribute}");
        }
        if (page.Contains("url(") || page.Contains("@import"))
            faults.Add("the style fetches");
        if (
            !Named("meta")
                .Any(meta =>
                    Attribute(meta, "http-equiv") == "Content-Security-Policy"
                    && Attribute(meta, "content")!.StartsWith("default-src 'none'")
                )
        )
            faults.Add("no content security policy");
        return faults;
    }
}
