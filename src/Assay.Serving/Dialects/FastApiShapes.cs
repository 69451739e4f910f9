using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// What the servers made with FastAPI share: a problem with a field as a list of places, any other as a sentence, both under <c>detail</c>.
/// </summary>
internal abstract class FastApiShapes : Dialect
{
    public override JsonNode Error(Problem problem) =>
        new JsonObject
        {
            ["detail"] = problem is { Status: 422, Field: { } field }
                ? new JsonArray(
                    new JsonObject
                    {
                        ["loc"] = new JsonArray("body", field),
                        ["msg"] = problem.Message,
                        ["type"] = problem.Code,
                    }
                )
                : problem.Sentence,
        };
}
