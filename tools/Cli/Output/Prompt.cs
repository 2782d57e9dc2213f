using System.Text;
using EContract.Cli.Connections;

namespace EContract.Cli.Output;

/// <summary>Asks for secrets. They are never options: a command line is seen by every user of the machine and kept in histories.</summary>
internal static class Prompt
{
    /// <summary>From the terminal without echo; from standard input's next line when that isn't a terminal.</summary>
    public static string Secret(string label)
    {
        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine() ?? throw new CommandException($"{label}: standard input ended");
        }

        Console.Error.Write($"{label}: ");
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    Console.Error.WriteLine();
                    return typed.ToString();
                case ConsoleKey.Backspace when typed.Length > 0:
                    typed.Length--;
                    break;
                default:
                    if (!char.IsControl(key.KeyChar))
                    {
                        typed.Append(key.KeyChar);
                    }

                    break;
            }
        }
    }
}
