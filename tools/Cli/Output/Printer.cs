using System.CommandLine;
using EContract.Cli.Connections;
using Google.Protobuf;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EContract.Cli.Output;

/// <summary>Prints answers: tables for people, JSON (proto3 JSON mapping) for programs.</summary>
internal sealed class Printer(ParseResult parsed)
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithIndentation().WithFormatDefaultValues(true));

    private const int Endless = 10_000;

    private readonly bool _json = parsed.GetValue(GlobalOptions.Json);

    /// <summary>One message: its fields as two columns.</summary>
    public void Print(IMessage message, params (string Label, string Value)[] fields)
    {
        if (_json)
        {
            Console.WriteLine(Formatter.Format(message));
            return;
        }

        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (label, value) in fields.Where(field => field.Value.Length > 0))
        {
            grid.AddRow(Markup.Escape(label), Markup.Escape(value));
        }

        Write(grid);
    }

    /// <summary>One message, of which people read one line.</summary>
    public void Print(IMessage message, string line) => Console.WriteLine(_json ? JsonFormatter.Default.Format(message) : line);

    /// <summary>Several messages: a table, or one JSON object per line.</summary>
    public void Print<T>(IReadOnlyCollection<T> messages, string none, params (string Heading, Func<T, string> Value)[] columns)
        where T : IMessage
    {
        if (_json)
        {
            foreach (var message in messages)
            {
                Console.WriteLine(JsonFormatter.Default.Format(message));
            }

            return;
        }

        if (messages.Count == 0)
        {
            Console.WriteLine(none);
            return;
        }

        var table = new Table().Border(TableBorder.Minimal);
        foreach (var (heading, _) in columns)
        {
            // Identifiers come first: broken into lines they can't be copied.
            var column = new TableColumn(Markup.Escape(heading));
            table.AddColumn(table.Columns.Count == 0 ? column.NoWrap() : column);
        }

        foreach (var message in messages)
        {
            table.AddRow([.. columns.Select(column => new Text(column.Value(message)))]);
        }

        Write(table);
    }

    private static void Write(IRenderable content)
    {
        // Into a file or another program no line is broken: there is no edge.
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = Endless;
        }

        AnsiConsole.Write(content);
    }
}
