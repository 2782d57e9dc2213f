using System.CommandLine;
using EContract.Cli.Connections;
using EContract.Cli.Output;

namespace EContract.Cli.Development;

/// <summary><c>econtract otp</c>: for development, where mails go to a folder.</summary>
internal static class OtpCommand
{
    public static Command Create()
    {
        var to = new Option<string?>("--to") { Description = "Only mails to this address" };
        var all = new Option<bool>("--all") { Description = "All of them, newest first. Default: the newest code alone" };
        var command = new Command("otp", "Show one-time passwords from a local server's outbox (development only)") { to, all };
        command.SetHandler(
            (parsed, _) =>
            {
                var address = parsed.GetValue(to);
                var mails = new Outbox(parsed.GetValue(GlobalOptions.Home)!)
                    .Read()
                    .Where(mail => address is null || mail.To == address)
                    .ToList();
                if (mails.Count == 0)
                {
                    throw new CommandException("no one-time password in the outbox");
                }

                foreach (var mail in parsed.GetValue(all) ? mails : [mails[0]])
                {
                    Console.WriteLine(parsed.GetValue(all) ? $"{mail.Code}  {mail.To}  {Path.GetFileName(mail.File)}" : mail.Code);
                }

                return Task.CompletedTask;
            }
        );
        return command;
    }
}
