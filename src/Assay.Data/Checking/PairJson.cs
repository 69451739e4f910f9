using System.Text.Json;

namespace Assay.Data.Checking;

/// <summary>Writes a pair in the form every tool of the field reads: TRL's, with an explicit prompt.</summary>
public static class PairJson
{
    /// <summary>Writes the pair's properties into the object that is open.</summary>
    public static void WriteProperties(Utf8JsonWriter writer, PreferencePair pair)
    {
        if (pair.Id is { } id)
            writer.WriteString("id", id);
        if (pair.Source is { } source)
            writer.WriteString("source", source);
        if (pair.Chosen.Messages is { } chosen)
        {
            WriteMessages(writer, "prompt", chosen.Take(pair.PromptMessageCount));
            WriteMessages(writer, "chosen", chosen.Skip(pair.PromptMessageCount));
            WriteMessages(writer, "rejected", pair.Rejected.Messages!.Skip(pair.PromptMessageCount));
        }
        else
        {
            if (pair.PromptTextLength > 0)
                writer.WriteString("prompt", pair.Chosen.Text.AsSpan(0, pair.PromptTextLength));
            writer.WriteString("chosen", pair.ChosenAnswer);
            writer.WriteString("rejected", pair.RejectedAnswer);
        }
        if (pair.Margin is { } margin)
            writer.WriteNumber("margin", margin);
        if (pair.Chosen.Tools is { } tools)
            WriteNode(writer, "tools", tools);
        if (pair.Chosen.ChatTemplateKwargs is { } variables)
            WriteNode(writer, "chat_template_kwargs", variables);
        if (pair.Votes is { } votes)
        {
            writer.WriteStartArray("votes");
            foreach (var vote in votes)
            {
                var word = vote.Vote.ToString().ToLowerInvariant();
                if (vote.Annotator is null)
                    writer.WriteStringValue(word);
                else
                {
                    writer.WriteStartObject();
                    writer.WriteString("annotator", vote.Annotator);
                    writer.WriteString("vote", word);
                    writer.WriteEndObject();
                }
            }
            writer.WriteEndArray();
        }
        if (pair.Provenance is { } provenance)
            WriteProvenance(writer, provenance);
    }

    private static void WriteProvenance(Utf8JsonWriter writer, Provenance provenance)
    {
        writer.WriteStartObject("provenance");
        if (provenance.SourcePrompt is { } prompt)
            writer.WriteString("source_prompt", prompt);
        if (provenance.ChosenGenerator is { } chosen)
            writer.WriteString("chosen_generator", chosen);
        if (provenance.RejectedGenerator is { } rejected)
            writer.WriteString("rejected_generator", rejected);
        if (provenance.SamplingSettings is { } sampling)
            WriteNode(writer, "sampling_settings", sampling);
        if (provenance.LabellingBatch is { } batch)
            writer.WriteString("labelling_batch", batch);
        if (provenance.Annotators is { } annotators)
        {
            writer.WriteStartArray("annotators");
            foreach (var annotator in annotators)
                writer.WriteStringValue(annotator);
            writer.WriteEndArray();
        }
        if (provenance.ChosenPosition is { } position)
            writer.WriteNumber("chosen_position", position);
        if (provenance.LabelSource is { } source)
            writer.WriteString("label_source", source.ToString().ToLowerInvariant());
        if (provenance.SamplingProbability is { } probability)
            writer.WriteNumber("sampling_probability", probability);
        if (provenance.Time is { } time)
            writer.WriteString("time", time);
        writer.WriteEndObject();
    }

    /// <summary>Writes turns as a list of messages, each as it stood in the data.</summary>
    public static void WriteMessages(Utf8JsonWriter writer, string name, IEnumerable<Message> messages)
    {
        writer.WriteStartArray(name);
        foreach (var message in messages)
        {
            if (message.Raw is { } raw)
                raw.WriteTo(writer);
            else
            {
                writer.WriteStartObject();
                writer.WriteString("role", message.Role);
                writer.WriteString("content", message.Content);
                writer.WriteEndObject();
            }
        }
        writer.WriteEndArray();
    }

    private static void WriteNode(Utf8JsonWriter writer, string name, System.Text.Json.Nodes.JsonNode node)
    {
        writer.WritePropertyName(name);
        node.WriteTo(writer);
    }
}
