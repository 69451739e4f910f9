using System.Text.Json.Nodes;

namespace Assay.Cli.Tests.Fuzz;

/// <summary>Good rows of every format, from which mutated ones are made; each is read as the format it is listed under.</summary>
internal static class RowSeeds
{
    /// <summary>Rows by the name of their format.</summary>
    public static IReadOnlyList<(string Format, string Row)> All { get; } =
    [
        (
            "trl",
            """{"id":"a1","prompt":"What is two and two?","chosen":"It is four.","rejected":"Five, I think.","label":"chosen","margin":0.5,"source":"maths","votes":["chosen","tie"]}"""
        ),
        (
            "trl",
            """{"chosen_prompt":"Say hello.","rejected_prompt":"Say hello.","chosen":"Hello!","rejected":"No.","provenance":{"chosen_generator":"m1","sampling_probability":0.25}}"""
        ),
        (
            "trl_conversational",
            """{"prompt":[{"role":"user","content":"Hi"}],"chosen":[{"role":"assistant","content":"Hello"}],"rejected":[{"role":"assistant","content":"Go"}],"tools":[{"name":"f","parameters":{"x":1}}],"chat_template_kwargs":{"thinking":false}}"""
        ),
        (
            "trl_conversational",
            """{"chosen":[{"role":"system","content":"Be kind"},{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"text","text":"Hello"}]}],"rejected":[{"role":"system","content":"Be kind"},{"role":"user","content":"Hi"},{"role":"assistant","content":"Go"}]}"""
        ),
        ("hh", """{"chosen":"\n\nHuman: Hi\n\nAssistant: Hello, what can I do?","rejected":"\n\nHuman: Hi\n\nAssistant: Go away."}"""),
        (
            "openai",
            """{"input":{"messages":[{"role":"user","content":"Hi"}]},"preferred_output":[{"role":"assistant","content":"Hello"}],"non_preferred_output":[{"role":"assistant","content":"Go"}]}"""
        ),
        (
            "alpaca",
            """{"instruction":"Add","input":"1 and 2","chosen":"3","rejected":"4","system":"Be exact","history":[["Hi","Hello"]]}"""
        ),
        (
            "sharegpt",
            """{"conversations":[{"from":"human","value":"Hi"}],"chosen":{"from":"gpt","value":"Hello"},"rejected":{"from":"gpt","value":"Go"},"system":"Be kind"}"""
        ),
        (
            "ultrafeedback",
            """{"instruction":"Add 1 and 2","completions":[{"response":"3","model":"m1","overall_score":9.5},{"response":"4","model":"m2","overall_score":2},{"response":"5","model":"m3","overall_score":2}]}"""
        ),
        ("ranked", """{"context":"Add 1 and 2","completions":[{"rank":1,"completion":"3"},{"rank":2,"completion":"4"}]}"""),
        ("ranked", """{"prompt":"Add 1 and 2","answers":[{"answer":"3","model":"m1","rank":1},{"answer":"4","model":"m2","rank":2}]}"""),
        ("ranked", """{"prompt":"Add 1 and 2","responses":["3","4","5"],"scores":[3,1,2]}"""),
        (
            "comparisons",
            """{"prompt":"Add 1 and 2","candidates":["3","4","5"],"comparisons":[{"first":0,"second":1,"preference":1},{"first":1,"second":2,"preference":0}]}"""
        ),
        (
            "arena",
            """{"conversation_a":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}],"conversation_b":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Go"}],"winner":"model_a","model_a":"m1","model_b":"m2"}"""
        ),
        ("arena", """{"prompt":"Hi","response_a":"Hello","response_b":"Go","winner":"model_b"}"""),
        ("helpsteer_preference", """{"prompt":"Hi","response_1":"Hello","response_2":"Go","preference_strength":-2}"""),
        ("helpsteer", """{"prompt":"Hi","response":"Hello","helpfulness":4,"correctness":4,"coherence":4,"complexity":1,"verbosity":1}"""),
        ("helpsteer", """{"prompt":"Hi","response":"Go","helpfulness":1,"correctness":1,"coherence":4,"complexity":1,"verbosity":1}"""),
        (
            "votes",
            """{"prompt":"Hi","response_a":"Hello","response_b":"Go","votes":[{"annotator":"ann","vote":"a"},{"annotator":"ben","vote":"b"},{"annotator":"eva","vote":"a"}]}"""
        ),
        ("candidates", """{"prompt":"Hi","response_a":"Hello","response_b":"Go"}"""),
        ("candidates", """{"prompt":"Hi","completions":[{"completion":"Hello","model":"m1"},{"completion":"Go","model":"m2"}]}"""),
        ("unpaired", """{"prompt":"Hi","completion":"Hello","label":true}"""),
        ("process", """{"prompt":"Add 1 and 2","steps":["1 + 2","= 3"],"labels":[1,1]}"""),
    ];

    /// <summary>Rows that <c>score</c> reads and that are no pairs.</summary>
    public static IReadOnlyList<string> Conversations { get; } =
    [
        """{"id":7,"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello","tool_calls":[{"name":"f","arguments":{}}]}]}""",
        """{"prompt":"Hi","completion":"Hello"}""",
        """{"prompt":[{"role":"user","content":"Hi"}],"completion":[{"role":"assistant","content":"Hello"}]}""",
        """{"text":"A text to be scored."}""",
    ];

    public static JsonObject Parsed(string row) => JsonNode.Parse(row)!.AsObject();
}
