using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Assay.Ground.Files;

namespace Assay.Data.Records;

/// <summary>
/// How the records of training and scoring are read and written: indented JSON with names in snake case, to a temporary name and moved.
/// What is null is left out, where a record does not say otherwise; what an older Assay did not write yet is null when it is read.
/// </summary>
public static class RecordFile
{
    /// <summary>How a record is written into a file of its own.</summary>
    public static JsonSerializerOptions Options { get; } =
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = true,
        };

    /// <summary>How a record is written as a line among others.</summary>
    public static JsonSerializerOptions LineOptions { get; } =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>As <see cref="LineOptions"/>, with letters beyond ASCII as they are.</summary>
    public static JsonSerializerOptions TextLineOptions { get; } =
        new(LineOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the record as a line.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="record">The record.</param>
    /// <param name="options">How; <see cref="TextLineOptions"/> where nothing is said.</param>
    public static void WriteLine<T>(Stream stream, T record, JsonSerializerOptions? options = null)
    {
        JsonSerializer.Serialize(stream, record, options ?? TextLineOptions);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>The record as text, indented.</summary>
    public static string TextOf<T>(T record) => JsonSerializer.Serialize(record, Options);

    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write<T>(string path, T record) => OutputFile.WriteAllText(path, TextOf(record) + "\n");

    /// <summary>Reads a record, of whatever format it says it is.</summary>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    /// <exception cref="DataFormatException">It is no JSON object, or a value in it is not what stands there in such a record.</exception>
    public static T Read<T>(string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Options)
                ?? throw new DataFormatException($"{path}: a JSON object is wanted");
        }
        catch (JsonException error)
        {
            throw new DataFormatException(
                $"{path}: not readable as {WhatOf(error)}: {error.Message} Restore the file that was written here",
                error
            );
        }
    }

    /// <summary>As <see cref="Read{T}"/>; null where there is no such file.</summary>
    public static T? ReadIfThere<T>(string path)
        where T : class => File.Exists(path) ? Read<T>(path) : null;

    /// <summary>Refuses a record of another format.</summary>
    /// <exception cref="DataFormatException">It says another, or none.</exception>
    public static void Demand(string path, string? format, string wanted)
    {
        if (format != wanted)
            throw new DataFormatException($"{path}: \"format\" is {(format is null ? "missing" : $"\"{format}\"")}, wanted \"{wanted}\"");
    }

    // What is JSON and has a wrong value somewhere says where; what is no JSON fails in the reader of JSON.
    private static string WhatOf(JsonException error) =>
        error.InnerException is not JsonException && error.Path is { Length: > 1 } ? $"such a record ({error.Path[2..]})" : "JSON";
}
