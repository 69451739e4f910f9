using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Report.Exports;

/// <summary>
/// Accepted pairs as a dataset in MLCommons' Croissant 1.0 (JSON-LD): each file with its SHA-256, its split, and a record set of its
/// columns. See https://docs.mlcommons.org/croissant/docs/croissant-spec.html.
/// </summary>
public static class CroissantDataset
{
    public const string FileName = "croissant.json";

    private const string ConformsTo = "http://mlcommons.org/croissant/1.0";

    // The context that the specification asks every dataset to carry (its appendix 1).
    private const string Context = """
        {"@language":"en","@vocab":"https://schema.org/","citeAs":"cr:citeAs","column":"cr:column","conformsTo":"dct:conformsTo","cr":"http://mlcommons.org/croissant/","data":{"@id":"cr:data","@type":"@json"},
        "dataBiases":"cr:dataBiases","dataCollection":"cr:dataCollection","dataType":{"@id":"cr:dataType","@type":"@vocab"},"dct":"http://purl.org/dc/terms/","extract":"cr:extract","field":"cr:field","fileProperty":"cr:fileProperty",
        "fileObject":"cr:fileObject","fileSet":"cr:fileSet","format":"cr:format","includes":"cr:includes","isEnumeration":"cr:isEnumeration","isLiveDataset":"cr:isLiveDataset","jsonPath":"cr:jsonPath","key":"cr:key","md5":"cr:md5",
        "parentField":"cr:parentField","path":"cr:path","personalSensitiveInformation":"cr:personalSensitiveInformation","recordSet":"cr:recordSet","references":"cr:references","regex":"cr:regex","repeated":"cr:repeated",
        "replace":"cr:replace","sc":"https://schema.org/","separator":"cr:separator","source":"cr:source","subField":"cr:subField","transform":"cr:transform","examples":{"@id":"cr:examples","@type":"@json"},"rai":"http://mlcommons.org/croissant/RAI/"}
        """;

    /// <param name="name">Of the dataset.</param>
    /// <param name="description">What it is and how it was accepted, in a sentence.</param>
    /// <param name="files">JSON Lines files beside this one, each with its split.</param>
    /// <param name="published">ISO 8601, of the day.</param>
    public static JsonObject Of(string name, string description, IReadOnlyList<CroissantFile> files, string published)
    {
        var splits = files.Where(file => file.SplitUri is not null).ToArray();
        JsonArray recordSets = [];
        if (splits.Length > 0)
        {
            recordSets.Add(
                new JsonObject
                {
                    ["@type"] = "cr:RecordSet",
                    ["@id"] = "splits",
                    ["name"] = "splits",
                    ["dataType"] = "cr:Split",
                    ["key"] = new JsonObject { ["@id"] = "splits/name" },
                    ["field"] = new JsonArray(Column("splits", "name", "sc:Text"), Column("splits", "url", "sc:URL")),
                    ["data"] = new JsonArray([
                        .. splits.Select(file => (JsonNode)new JsonObject { ["splits/name"] = file.Split, ["splits/url"] = file.SplitUri }),
                    ]),
                }
            );
        }
        foreach (var file in files)
        {
            recordSets.Add(
                new JsonObject
                {
                    ["@type"] = "cr:RecordSet",
                    ["@id"] = file.Split,
                    ["name"] = file.Split,
                    ["description"] = $"{file.Rows} rows",
                    ["field"] = new JsonArray([
                        .. file.Columns.Select(column =>
                        {
                            var field = Column(file.Split, column, "sc:Text");
                            field["source"] = new JsonObject
                            {
                                ["fileObject"] = new JsonObject { ["@id"] = file.Name },
                                ["extract"] = new JsonObject { ["column"] = column },
                            };
                            return (JsonNode)field;
                        }),
                    ]),
                }
            );
        }
        return new JsonObject
        {
            ["@context"] = JsonNode.Parse(Context),
            ["@type"] = "sc:Dataset",
            ["name"] = name,
            ["description"] = description,
            ["conformsTo"] = ConformsTo,
            ["datePublished"] = published,
            ["version"] = "1.0.0",
            ["distribution"] = new JsonArray([
                .. files.Select(file =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["@type"] = "cr:FileObject",
                            ["@id"] = file.Name,
                            ["name"] = file.Name,
                            ["contentUrl"] = file.Name,
                            ["contentSize"] = $"{file.Bytes} B",
                            ["encodingFormat"] = "application/jsonlines",
                            ["sha256"] = file.Sha256,
                        }
                ),
            ]),
            ["recordSet"] = recordSets,
        };
    }

    private static JsonObject Column(string set, string name, string type) =>
        new()
        {
            ["@type"] = "cr:Field",
            ["@id"] = $"{set}/{name}",
            ["name"] = name,
            ["dataType"] = type,
        };
}

/// <summary>A file of rows in a dataset.</summary>
/// <param name="Name">Beside the description.</param>
/// <param name="Split">Its name: train, eval, kept.</param>
/// <param name="SplitUri">Croissant's word for it, such as <c>cr:TrainingSplit</c>; null for rows that are in no split.</param>
/// <param name="Rows">Lines.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Of the file.</param>
/// <param name="Columns">Members of its rows.</param>
public sealed record CroissantFile(
    string Name,
    string Split,
    string? SplitUri,
    long Rows,
    long Bytes,
    string Sha256,
    IReadOnlyList<string> Columns
)
{
    /// <summary>Reads a file of rows once: lines, size, hash, and the members of the first rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">As the description names it: relative to its own folder.</param>
    /// <param name="split">Its split.</param>
    /// <param name="splitUri">Croissant's word for the split, or null.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static CroissantFile Read(string path, string name, string split, string? splitUri)
    {
        const int Looked = 100;
        var columns = new List<string>();
        long rows = 0;
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            if (++rows > Looked)
                continue;
            using var row = JsonDocument.Parse(line);
            if (row.RootElement.ValueKind == JsonValueKind.Object)
                columns.AddRange(
                    row.RootElement.EnumerateObject()
                        .Select(member => member.Name)
                        .Where(member => member != "assay" && !columns.Contains(member))
                );
        }
        return new(
            name,
            split,
            splitUri,
            rows,
            Assay.Data.Reading.Pipes.SizeOf(path),
            Assay.Evaluation.Evidence.EvidenceInput.Of(path).Sha256,
            columns
        );
    }
}
