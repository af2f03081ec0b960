Console.Error.WriteLine("linuxwasm: no command yet");
return 2;
