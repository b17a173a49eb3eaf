jest.setTimeout(20 * 60 * 1000);
